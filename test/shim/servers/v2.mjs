// A server of the second TypeScript SDK; a file in its package folder is the first argument.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { resolve } = createRequire(process.argv[2]);
const load = (name) => import(pathToFileURL(resolve(name)).href);
const { McpServer } = await load('@modelcontextprotocol/server');
const { StdioServerTransport } = await load('@modelcontextprotocol/server/stdio');

const server = new McpServer({ name: 'v2', version: '1.0.0' });
server.registerTool('hello', { description: 'Says hello' }, async () => ({
  content: [{ type: 'text', text: 'hello' }],
}));
server.registerTool('fail', { description: 'Fails' }, async () => {
  throw new Error('it fails on purpose');
});
await server.connect(new StdioServerTransport());
