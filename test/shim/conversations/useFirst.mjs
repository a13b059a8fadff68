// What a client of the first TypeScript SDK does in each recording.

/** The SDK asks for its newest revision; here it asks for an older one, and goes on as agreed. */
function speaking(revision, Transport) {
  return class extends Transport {
    send(message) {
      const { method, params } = message;
      if (method !== 'initialize') return super.send(message);
      return super.send({ ...message, params: { ...params, protocolVersion: revision } });
    }
  };
}

export async function useFirst(load, [command, ...args], revision, use) {
  const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
  const { StdioClientTransport } = await load('@modelcontextprotocol/sdk/client/stdio.js');
  const types = await load('@modelcontextprotocol/sdk/types.js');
  const capabilities = uses[use].capabilities ?? {};
  const client = new Client({ name: 'recorder', version: '1.0.0' }, { capabilities });
  if (capabilities.sampling) {
    client.setRequestHandler(types.CreateMessageRequestSchema, () => ({
      model: 'none',
      role: 'assistant',
      content: { type: 'text', text: 'forty-two' },
    }));
  }
  if (capabilities.elicitation) {
    client.setRequestHandler(types.ElicitRequestSchema, () => ({
      action: 'accept',
      content: { name: 'Ada' },
    }));
  }
  if (capabilities.roots) {
    client.setRequestHandler(types.ListRootsRequestSchema, () => ({
      roots: [{ uri: 'file:///w' }],
    }));
  }
  const Transport = speaking(revision, StdioClientTransport);
  await client.connect(new Transport({ command, args, stderr: 'ignore' }));
  await uses[use].run(client);
  await client.close();
}

const refused = () => {};
const call = (client, name, args = {}, options = {}) =>
  client.callTool({ name, arguments: args }, undefined, options);

const uses = {
  calls: {
    async run(client) {
      await client.listTools();
      await call(client, 'add', { a: 2, b: 2.5 });
      await call(client, 'fail');
      await call(client, 'refuse').catch(refused);
      await call(client, 'lie');
      await call(client, 'steps', { count: 2 }, { onprogress: () => {} });
      const gone = new AbortController();
      const hanging = call(client, 'hang', {}, { signal: gone.signal }).catch(refused);
      setTimeout(() => gone.abort('enough'), 50);
      await hanging;
      await Promise.all(
        ['a', 'b', 'c'].map((text) => call(client, 'echo', { text: `${text} é 🔧` })),
      );
      await client.ping();
    },
  },
  sampling: {
    capabilities: { sampling: {}, roots: {} },
    async run(client) {
      await call(client, 'ask');
      await call(client, 'roots');
    },
  },
  python: {
    async run(client) {
      await client.listTools();
      await call(client, 'add', { a: 2, b: 3 });
      await call(client, 'fail');
      await call(client, 'walk', { steps: 2 }, { onprogress: () => {} });
      await call(client, 'nothing').catch(refused);
    },
  },
  everything: {
    capabilities: { elicitation: {}, sampling: {} },
    async run(client) {
      await client.listPrompts();
      await call(client, 'get-structured-content', { location: 'Chicago' });
      await call(client, 'get-resource-links', { count: 2 });
      await call(client, 'trigger-elicitation-request');
      await call(client, 'trigger-sampling-request', { prompt: 'how many?', maxTokens: 10 });
      await client.readResource({ uri: 'demo://resource/dynamic/text/1' });
      await client.complete({
        ref: { type: 'ref/prompt', name: 'completable-prompt' },
        argument: { name: 'department', value: 'E' },
      });
    },
  },
  tasks: {
    async run(client) {
      await client.listTools();
      const params = {
        name: 'simulate-research-query',
        arguments: { topic: 'rain', ambiguous: false },
      };
      for await (const { type } of client.experimental.tasks.callToolStream(params)) {
        if (type === 'error') throw new Error('the task failed');
      }
      await client.experimental.tasks.listTasks();
    },
  },
};
