import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { trace } from '@opentelemetry/api';
import { z } from 'zod';

const server = new McpServer({ name: 'v1', version: '1.0.0' });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

server.registerTool('echo', { inputSchema: { text: z.string() } }, async ({ text: said }) =>
  text(said),
);

async function addNumbers({ a, b }) {
  return text(a + b);
}
server.tool('add', { a: z.number(), b: z.number() }, addNumbers);

server.registerTool('fails', {}, async function failing() {
  throw new TypeError('broken on purpose');
});

server.registerTool('says_no', {}, async () => ({ ...text('no'), isError: true }));

server.registerTool('fetches', { inputSchema: { url: z.string() } }, async ({ url }) => {
  const first = await (await fetch(`${url}/fetched?token=secret`)).text();
  const second = await new Promise((resolve, reject) => {
    get(`${url}/got`, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
  return text(`${first} ${second}`);
});

server.registerTool('runs', {}, async () => {
  const child = spawn(process.execPath, ['-e', 'process.exit(3)']);
  await once(child, 'exit');
  return text(execFileSync(process.execPath, ['-e', 'console.log(1)'], { encoding: 'utf8' }));
});

server.registerTool('waits', {}, async () => {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return text('late');
});

const tracer = trace.getTracer('mine', '1.2.3');
server.registerTool('spans', {}, async () =>
  tracer.startActiveSpan('outer', async (outer) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    tracer.startSpan('inner', { attributes: { depth: 2 } }).end();
    outer.end();
    return text('ok');
  }),
);

server.registerTool('prints', {}, async () => {
  console.log('printed to stdout');
  console.error('printed to stderr');
  return text('ok');
});

// What the SDK writes while it sends is its message; this is not.
server.registerTool('prints_late', {}, async () => {
  const toJSON = () => {
    console.log('printed while sending');
    return {};
  };
  return { ...text('ok'), _meta: { toJSON } };
});

server.registerTool('environment', {}, async () => {
  const names = Object.keys(process.env).filter((name) =>
    /^SPANPATH_HOOK|^(NODE_OPTIONS|PYTHONPATH)$/.test(name),
  );
  return text(names.join());
});

const bound = addNumbers.bind(null);
const changing = server.registerTool(
  'changes',
  { inputSchema: { a: z.number(), b: z.number() } },
  bound,
);
changing.update({ callback: async () => text('changed') });

server.registerPrompt('review', { argsSchema: { code: z.string() } }, ({ code }) => ({
  messages: [{ role: 'user', content: { type: 'text', text: code } }],
}));
server.registerResource(
  'user',
  new ResourceTemplate('users://{id}', { list: undefined }),
  {},
  async (uri) => ({
    contents: [{ uri: uri.href, text: 'me' }],
  }),
);

server.registerResource('broken', 'broken://one', {}, async () => {
  throw new Error('no such thing');
});

await server.connect(new StdioServerTransport());
