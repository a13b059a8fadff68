// An MCP server of a few lines, without an SDK, so that its bytes are known.
const say = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (words) => ({ content: [{ type: 'text', text: words }] });

const tools = {
  echo: ({ message }, id, params) => say({ id, result: { ...text(message), seen: params._meta } }),
  fail: (_args, id) => say({ id, result: { ...text('it broke'), isError: true } }),
  refuse: (_args, id) => say({ id, error: { code: -32602, message: 'bad arguments' } }),
  lie: (_args, id) => say({ id, result: text('{"success":false}') }),
  print: (_args, id) => {
    console.log('debug: printed by mistake');
    say({ id, result: text('done') });
  },
  complain: (_args, id) => {
    process.stderr.write('something is odd\n');
    setTimeout(() => say({ id, result: text('done') }), 50);
  },
  progress: (_args, id, { _meta }) => {
    const { progressToken } = _meta;
    say({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 2 } });
    setTimeout(() => say({ id, result: text('done') }), 1500);
  },
  ask: (_args, id) => {
    waiting.set('s1', () => say({ id, result: text('asked') }));
    say({ id: 's1', method: 'sampling/createMessage', params: { messages: [] } });
  },
  big: ({ bytes }, id) => say({ id, result: text('x'.repeat(bytes)) }),
  hang: () => {},
  crash: () => process.exit(3),
};
const waiting = new Map();

let rest = '';
process.stdin.on('data', (chunk) => {
  rest += chunk;
  const lines = rest.split('\n');
  rest = lines.pop();
  for (const line of lines) if (line.trim()) receive(JSON.parse(line));
});

function receive({ id, method, params }) {
  if (method === undefined) return waiting.get(id)?.();
  if (method === 'initialize') {
    const { protocolVersion } = params;
    const serverInfo = { name: 'tools', version: '1' };
    return say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  }
  if (method === 'tools/call') return tools[params.name](params.arguments, id, params);
  if (id !== undefined) say({ id, error: { code: -32601, message: 'Method not found' } });
}
