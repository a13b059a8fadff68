// A server of the first TypeScript SDK with a tool for each way that a call can go; a file in its
// package folder is the argument.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { resolve } = createRequire(process.argv[2]);
const load = (name) => import(pathToFileURL(resolve(name)).href);
const { Server } = await load('@modelcontextprotocol/sdk/server/index.js');
const { StdioServerTransport } = await load('@modelcontextprotocol/sdk/server/stdio.js');
const types = await load('@modelcontextprotocol/sdk/types.js');

const text = (words) => ({ content: [{ type: 'text', text: words }] });
const tools = {
  add: ({ a, b }) => text(String(a + b)),
  echo: ({ text: words }) => text(words),
  fail: () => ({ ...text('it broke'), isError: true }),
  refuse: () => {
    throw new types.McpError(types.ErrorCode.InvalidParams, 'bad arguments');
  },
  lie: () => text('{"success":false,"error":"out of stock"}'),
  steps: async ({ count }, { _meta, sendNotification }) => {
    for (let progress = 1; progress <= count; progress++) {
      const params = { progressToken: _meta.progressToken, progress, total: count };
      await sendNotification({ method: 'notifications/progress', params });
    }
    return text('arrived');
  },
  hang: (_args, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(text('stopped')))),
  ask: async (_args, { sendRequest }) => {
    const messages = [{ role: 'user', content: { type: 'text', text: 'how many?' } }];
    const params = { messages, maxTokens: 10 };
    const answer = await sendRequest(
      { method: 'sampling/createMessage', params },
      types.CreateMessageResultSchema,
    );
    return text(answer.content.text);
  },
  roots: async (_args, { sendRequest }) => {
    const { roots } = await sendRequest({ method: 'roots/list' }, types.ListRootsResultSchema);
    return text(roots[0].uri);
  },
};

const server = new Server({ name: 'first', version: '1.0.0' }, { capabilities: { tools: {} } });
server.setRequestHandler(types.ListToolsRequestSchema, () => ({
  tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })),
}));
server.setRequestHandler(types.CallToolRequestSchema, ({ params }, extra) =>
  tools[params.name](params.arguments ?? {}, extra),
);
await server.connect(new StdioServerTransport());
