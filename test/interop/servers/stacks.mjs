import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

// Tells what the stack of an error looks like to the server's own code, wherever it is made.
const loaded = createRequire(import.meta.url)('./stacks.cjs');
const topLevel = new Error('at the top').stack;
const v2 = process.env.TEST_SDK === '2';
const { McpServer, ResourceTemplate } = await import(
  v2 ? '@modelcontextprotocol/server' : '@modelcontextprotocol/sdk/server/mcp.js'
);
const { StdioServerTransport } = await import(
  v2 ? '@modelcontextprotocol/server/stdio' : '@modelcontextprotocol/sdk/server/stdio.js'
);
const { z } = await import('zod');

const schema = (shape) => (v2 ? z.object(shape) : shape);
const server = new McpServer({ name: 'stacks', version: '1.0.0' });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
const pause = () => new Promise((resolve) => setImmediate(resolve));
const stackOf = (run) => {
  try {
    run();
  } catch (error) {
    return error.stack;
  }
  throw new Error('nothing was thrown');
};
function deep(levels) {
  return levels === 0 ? new Error('deep').stack : deep(levels - 1);
}

const tools = {
  loaded: () => loaded.topLevel,
  top_level: () => topLevel,
  direct: () => new Error('here').stack,
  deep: () => deep(5),
  waited: async () => {
    await pause();
    return new Error('later').stack;
  },
  registers: () => stackOf(() => server.registerTool('direct', {}, () => text(''))),
  sets_handler: () => stackOf(() => server.server.setRequestHandler(null, () => ({}))),
  runs: () => stackOf(() => execFileSync(process.execPath, ['-e', 'process.exit(3)'])),
  runs_nothing: () => stackOf(() => spawnSync('')),
  writes: () => stackOf(() => process.stdout.write(7)),
  fetches: async () => {
    try {
      await fetch('http://127.0.0.1:1');
    } catch (error) {
      return error.stack;
    }
  },
};
for (const [name, run] of Object.entries(tools)) {
  server.registerTool(name, { inputSchema: schema({}) }, async () => text(await run()));
}
server.registerTool('sync', { inputSchema: schema({}) }, () => text(new Error('sync').stack));
server.registerPrompt('prompt', { argsSchema: schema({ a: z.string() }) }, () => ({
  messages: [{ role: 'user', content: { type: 'text', text: new Error('prompt').stack } }],
}));
server.registerResource('r', new ResourceTemplate('r://{id}', { list: undefined }), {}, (uri) => ({
  contents: [{ uri: uri.href, text: new Error('resource').stack }],
}));
server.registerTool('order', { inputSchema: schema({}) }, async () => {
  // What happens in which order, to the microtask.
  const order = [];
  const ticks = (async () => {
    for (let at = 0; at < 6; at++) {
      await null;
      order.push(at);
    }
  })();
  await Promise.reject(new Error('no')).catch(() => order.push('caught'));
  process.nextTick(() => order.push('tick'));
  await ticks;
  await pause();
  return text(order.join());
});
await server.connect(new StdioServerTransport());
