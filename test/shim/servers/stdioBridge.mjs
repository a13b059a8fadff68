// Puts a stdio server on Streamable HTTP, for a test suite that speaks nothing else: one process a
// session, its lines as they are. Arguments: the command. Prints its URL.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const [command, ...args] = process.argv.slice(2);
const sessions = new Map();

function startSession() {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const session = { child, posts: new Map(), stream: null };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.trim()) pass(session, line);
  });
  child.on('exit', () => {
    for (const response of session.posts.values()) response.end();
    session.stream?.end();
  });
  return session;
}

/** An answer to the one who asked; the rest beside a request that runs, or to who listens. */
function pass({ posts, stream }, line) {
  const { id, method } = JSON.parse(line);
  const asked = method === undefined ? posts.get(id) : ([...posts.values()].at(-1) ?? stream);
  asked?.write(`event: message\ndata: ${line}\n\n`);
  if (method !== undefined) return;
  asked?.end();
  posts.delete(id);
}

const events = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

async function answer(request, response) {
  if (!/^(?:127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
    return response.writeHead(403).end();
  }
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const known = request.headers['mcp-session-id'];
  if (known !== undefined && !sessions.has(known)) return response.writeHead(404).end();
  if (request.method === 'GET' && known) {
    sessions.get(known).stream = response.writeHead(200, events);
    return response.flushHeaders();
  }
  if (request.method === 'DELETE' && known) {
    sessions.get(known).child.stdin.end();
    sessions.delete(known);
    return response.writeHead(200).end();
  }
  if (request.method !== 'POST') return response.writeHead(405).end();
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    const error = { code: -32700, message: 'Parse error' };
    return response.writeHead(400).end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
  }
  const id = known ?? randomUUID();
  const session = sessions.get(id) ?? startSession();
  sessions.set(id, session);
  const isRequest = message.method !== undefined && message.id !== undefined;
  if (isRequest) {
    session.posts.set(message.id, response.writeHead(200, { ...events, 'mcp-session-id': id }));
  } else response.writeHead(202).end();
  return session.child.stdin.write(`${body.replace(/\r?\n/g, ' ')}\n`);
}

const http = createServer((request, response) => void answer(request, response));
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
process.stdin.resume().on('end', () => {
  for (const { child } of sessions.values()) child.stdin.end();
  http.closeAllConnections();
  http.close();
});
