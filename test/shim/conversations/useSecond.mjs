// What a client of the second TypeScript SDK does in each recording.
/** A transport of one's own is asked in place which revision it speaks, not a second process. */
class InPlace {
  constructor(inner) {
    this.inner = inner;
  }
  get pid() {
    return this.inner.pid;
  }
  get stderr() {
    return this.inner.stderr;
  }
  start() {
    for (const name of ['onmessage', 'onclose', 'onerror']) {
      this.inner[name] = (...words) => this[name]?.(...words);
    }
    return this.inner.start();
  }
  send(message) {
    return this.inner.send(message);
  }
  close() {
    return this.inner.close();
  }
}

export async function useSecond(load, [command, ...args], revision, use) {
  const { Client } = await load('@modelcontextprotocol/client');
  const { StdioClientTransport } = await load('@modelcontextprotocol/client/stdio');
  const mode = use === 'probe' ? 'auto' : { pin: revision };
  const client = new Client(
    { name: 'recorder', version: '2.0.0' },
    { versionNegotiation: { mode }, capabilities: { elicitation: {} } },
  );
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { sure: true },
  }));
  const transport = new StdioClientTransport({ command, args, stderr: 'ignore' });
  await client.connect(new InPlace(transport));
  await uses[use](client);
  await client.close();
}

const refused = () => {};
const call = (client, name, args = {}, options = {}) =>
  client.callTool({ name, arguments: args }, options);

const uses = {
  async probe(client) {
    await call(client, 'add', { a: 1, b: 1 });
  },
  async calls(client) {
    await client.listTools();
    await call(client, 'add', { a: 2, b: 2.5 });
    await call(client, 'fail');
    await call(client, 'nothing').catch(refused);
    await call(client, 'steps', { count: 2 }, { onprogress: () => {} });
    const gone = new AbortController();
    const hanging = call(client, 'hang', {}, { signal: gone.signal }).catch(refused);
    setTimeout(() => gone.abort('enough'), 50);
    await hanging;
  },
  async input(client) {
    await call(client, 'deploy', { to: 'production' });
  },
};
