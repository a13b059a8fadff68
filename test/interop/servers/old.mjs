import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const server = new McpServer({ name: 'old', version: '1.0.0' });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

server.tool('echo', 'Says it again.', { text: z.string() }, async ({ text: said }) => text(said));

server.tool('fails', async function failing() {
  throw new TypeError('broken on purpose');
});

server.prompt('review', { code: z.string() }, ({ code }) => ({
  messages: [{ role: 'user', content: { type: 'text', text: code } }],
}));

server.resource('fixed', 'fixed://one', async (uri) => ({
  contents: [{ uri: uri.href, text: 'me' }],
}));
server.resource('user', new ResourceTemplate('users://{id}', { list: undefined }), async (uri) => ({
  contents: [{ uri: uri.href, text: 'me' }],
}));

await server.connect(new StdioServerTransport());
