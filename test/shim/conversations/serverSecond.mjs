// A server of the second TypeScript SDK, as `serverFirst.mjs`; it speaks 2026-07-28 too.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { resolve } = createRequire(process.argv[2]);
const load = (name) => import(pathToFileURL(resolve(name)).href);
const { McpServer, fromJsonSchema, inputRequired } = await load('@modelcontextprotocol/server');
const { serveStdio } = await load('@modelcontextprotocol/server/stdio');

const text = (words) => ({ content: [{ type: 'text', text: words }] });
const any = fromJsonSchema({ type: 'object' });
const sure = {
  type: 'object',
  properties: { sure: { type: 'boolean' } },
  required: ['sure'],
};

serveStdio(() => {
  const server = new McpServer({ name: 'second', version: '1.0.0' });
  const tool = (name, run) => server.registerTool(name, { inputSchema: any }, run);
  tool('add', ({ a, b }) => text(String(a + b)));
  tool('fail', () => {
    throw new Error('it broke');
  });
  tool('steps', async ({ count }, { mcpReq }) => {
    for (let progress = 1; progress <= count; progress++) {
      const params = { progressToken: mcpReq._meta.progressToken, progress, total: count };
      await mcpReq.notify({ method: 'notifications/progress', params });
    }
    return text('arrived');
  });
  tool('hang', (_args, { mcpReq }) => {
    const { signal } = mcpReq;
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve(text('stopped'))),
    );
  });
  tool('deploy', ({ to }, { mcpReq }) => {
    if (mcpReq.inputResponses?.confirm) return text(`deployed to ${to}`);
    const confirm = inputRequired.elicit({ message: `Deploy to ${to}?`, requestedSchema: sure });
    return inputRequired({ inputRequests: { confirm }, requestState: 'state-1' });
  });
  return server;
});
