import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../src/vscode/mcpClient.js';
import type { Connection } from '../../../src/vscode/servers/connection.js';

/** Answers every method with what it was asked, so that a test sees what went over the wire. */
const server = `
let rest = '';
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const { id, method, params } of lines.map((line) => JSON.parse(line))) {
    if (id === undefined) continue;
    const result =
      method === 'initialize'
        ? { protocolVersion: params.protocolVersion, serverInfo: { name: 's', version: '1' },
            capabilities: JSON.parse(process.env.CAPABILITIES) }
        : { completion: { values: ['a', 1, JSON.stringify(params)] } };
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  }
});`;

let connection: Connection | null = null;
afterEach(() => connection?.close());

async function connectTo(capabilities: object): Promise<Connection> {
  const none = () => undefined;
  connection = await connect(
    {
      ...{ kind: 'process', command: process.execPath, args: ['-e', server], cwd: '.' },
      env: { CAPABILITIES: JSON.stringify(capabilities) },
      clientVersion: '1',
    },
    {
      ...{ listRoots: () => [], elicit: async () => null, onListChanged: none, onStderr: none },
      ...{ onProtocolError: none, onExit: none },
    },
    { timeoutMs: 60_000, signal: new AbortController().signal },
  );
  return connection;
}

describe('proposals of a server', () => {
  const ref = { type: 'ref/prompt', name: 'p' } as const;

  it('are asked with what else is filled in, and are texts', async () => {
    const { complete } = await connectTo({ completions: {} });
    const values = await complete?.(ref, { name: 'city', value: 'Os' }, { country: 'NO' });
    expect(values?.[0]).toBe('a');
    expect(JSON.parse(values?.[1] ?? '')).toEqual({
      ref,
      argument: { name: 'city', value: 'Os' },
      context: { arguments: { country: 'NO' } },
    });
  });

  it('are not asked for where it has none', async () => {
    expect((await connectTo({ prompts: {} })).complete).toBeUndefined();
  });
});
