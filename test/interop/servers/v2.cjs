const { McpServer } = require('@modelcontextprotocol/server');
const { StdioServerTransport } = require('@modelcontextprotocol/server/stdio');
const { z } = require('zod');

const server = new McpServer({ name: 'v2', version: '1.0.0' });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

server.registerTool(
  'echo',
  { inputSchema: z.object({ text: z.string() }) },
  async ({ text: said }) => text(said),
);

async function addNumbers({ a, b }) {
  return text(a + b);
}
server.registerTool('add', { inputSchema: z.object({ a: z.number(), b: z.number() }) }, addNumbers);

server.registerTool('fails', {}, async function failing() {
  throw new TypeError('broken on purpose');
});

server.registerPrompt(
  'review',
  { argsSchema: z.object({ code: z.string() }), title: 'Review' },
  async function reviewing({ code }) {
    return { messages: [{ role: 'user', content: { type: 'text', text: code } }] };
  },
);

void server.connect(new StdioServerTransport());
