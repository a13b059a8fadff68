// A server that offers what the public conformance suite asks for: over Streamable HTTP, whose URL
// it prints, or with `--stdio`.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const wave = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';
const text = (words) => ({ type: 'text', text: words });
const image = { type: 'image', data: pixel, mimeType: 'image/png' };
const resource = (uri, words, mimeType = 'text/plain') => ({
  type: 'resource',
  resource: { uri, mimeType, text: words },
});
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const choice = (values) => ({ type: 'string', enum: values });
const titled = (values) => values.map((value) => ({ const: value, title: value.toUpperCase() }));

const tools = {
  test_simple_text: () => [text('plain')],
  test_image_content: () => [image],
  test_audio_content: () => [{ type: 'audio', data: wave, mimeType: 'audio/wav' }],
  test_embedded_resource: () => [resource('test://embedded-resource', 'inside')],
  test_multiple_content_types: () => [
    text('several'),
    image,
    resource('test://mixed-content-resource', '{"a":1}', 'application/json'),
  ],
  test_error_handling: () => {
    throw new Error('it fails on purpose');
  },
  test_tool_with_logging: async (_args, { sendNotification }) => {
    for (const data of ['begins', 'goes on', 'ends']) {
      await sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
      await pause();
    }
    return [text('logged')];
  },
  test_tool_with_progress: async (_args, { sendNotification, _meta }) => {
    for (const progress of [0, 50, 100]) {
      const params = { progressToken: _meta?.progressToken ?? 0, progress, total: 100 };
      await sendNotification({ method: 'notifications/progress', params });
      await pause();
    }
    return [text('progressed')];
  },
  test_sampling: async ({ prompt }, { sendRequest }) => {
    const messages = [{ role: 'user', content: text(prompt) }];
    const request = { method: 'sampling/createMessage', params: { messages, maxTokens: 100 } };
    const answer = await sendRequest(request, types.CreateMessageResultSchema);
    return [text(`the model said: ${answer.content.text}`)];
  },
  test_elicitation: ({ message }, extra) =>
    elicit(extra, message, { username: { type: 'string' }, email: { type: 'string' } }),
  test_elicitation_sep1034_defaults: (_args, extra) =>
    elicit(extra, 'defaults', {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { ...choice(['active', 'inactive', 'pending']), default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  test_elicitation_sep1330_enums: (_args, extra) =>
    elicit(extra, 'enums', {
      untitledSingle: choice(['option1', 'option2', 'option3']),
      titledSingle: { type: 'string', oneOf: titled(['value1', 'value2', 'value3']) },
      legacyEnum: { ...choice(['opt1', 'opt2', 'opt3']), enumNames: ['One', 'Two', 'Three'] },
      untitledMulti: { type: 'array', items: choice(['option1', 'option2', 'option3']) },
      titledMulti: { type: 'array', items: { anyOf: titled(['value1', 'value2', 'value3']) } },
    }),
};

async function elicit({ sendRequest }, message, properties) {
  const params = { message, requestedSchema: { type: 'object', properties, required: [] } };
  const answer = await sendRequest(
    { method: 'elicitation/create', params },
    types.ElicitResultSchema,
  );
  return [text(`${answer.action}: ${JSON.stringify(answer.content)}`)];
}

const prompts = {
  test_simple_prompt: () => [text('simple')],
  test_prompt_with_arguments: ({ arg1, arg2 }) => [text(`${arg1} and ${arg2}`)],
  test_prompt_with_embedded_resource: ({ resourceUri }) => [
    resource(resourceUri, 'inside'),
    text('read it'),
  ],
  test_prompt_with_image: () => [image, text('look')],
};

const contents = {
  'test://static-text': { mimeType: 'text/plain', text: 'static' },
  'test://static-binary': { mimeType: 'image/png', blob: pixel },
  'test://watched-resource': { mimeType: 'text/plain', text: 'watched' },
};

function read(uri) {
  const id = /^test:\/\/template\/(.+)\/data$/.exec(uri)?.[1];
  const found = id ? { mimeType: 'application/json', text: JSON.stringify({ id }) } : contents[uri];
  if (!found) throw new types.McpError(-32002, 'Resource not found', { uri });
  return { contents: [{ uri, ...found }] };
}

function createMcpServer() {
  const server = new Server(
    { name: 'conformance', version: '1.0.0' },
    {
      capabilities: {
        tools: {},
        prompts: {},
        resources: { subscribe: true },
        logging: {},
        completions: {},
      },
    },
  );
  const on = (schema, handler) => server.setRequestHandler(schema, handler);
  on(types.ListToolsRequestSchema, () => ({
    tools: Object.keys(tools).map((name) => ({
      name,
      description: name,
      inputSchema: { type: 'object' },
    })),
  }));
  on(types.CallToolRequestSchema, async ({ params }, extra) => {
    try {
      return { content: await tools[params.name](params.arguments ?? {}, extra) };
    } catch (error) {
      return { isError: true, content: [text(error.message)] };
    }
  });
  on(types.ListPromptsRequestSchema, () => ({
    prompts: Object.keys(prompts).map((name) => ({ name, description: name })),
  }));
  on(types.GetPromptRequestSchema, ({ params }) => ({
    messages: prompts[params.name](params.arguments ?? {}).map((content) => ({
      role: 'user',
      content,
    })),
  }));
  on(types.ListResourcesRequestSchema, () => ({
    resources: Object.keys(contents).map((uri) => ({
      uri,
      name: uri,
      mimeType: contents[uri].mimeType,
    })),
  }));
  on(types.ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }));
  on(types.ReadResourceRequestSchema, ({ params }) => read(params.uri));
  on(types.SubscribeRequestSchema, () => ({}));
  on(types.UnsubscribeRequestSchema, () => ({}));
  on(types.SetLevelRequestSchema, () => ({}));
  on(types.CompleteRequestSchema, () => ({
    completion: { values: ['one'], total: 1, hasMore: false },
  }));
  return server;
}

async function serveStdio() {
  await createMcpServer().connect(new StdioServerTransport());
}

function serveHttp() {
  const sessions = new Map();
  const http = createServer(async (request, response) => {
    if (!/^(?:127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
      response.writeHead(403).end();
      return;
    }
    const known = sessions.get(request.headers['mcp-session-id']);
    if (known) return known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => sessions.set(id, transport),
    });
    await createMcpServer().connect(transport);
    return transport.handleRequest(request, response);
  });
  http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
  process.stdin.resume().on('end', () => process.exit());
}

if (process.argv[2] === '--stdio') await serveStdio();
else serveHttp();
