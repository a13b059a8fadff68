const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
const { StdioServerTransport } = require('@modelcontextprotocol/sdk/server/stdio.js');
const { CallToolRequestSchema } = require('@modelcontextprotocol/sdk/types.js');

const server = new Server({ name: 'low', version: '1.0.0' }, { capabilities: { tools: {} } });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

server.setRequestHandler(CallToolRequestSchema, async function dispatch(request) {
  const { name, arguments: args } = request.params;
  switch (name) {
    case 'echo':
      return text(args.text);
    case 'add':
      return text(args.a + args.b);
    default:
      throw new Error(`no tool ${name}`);
  }
});

server.connect(new StdioServerTransport());
