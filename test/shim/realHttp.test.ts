import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../fixtures/freePort.js';
import { FakeCollector } from './fakeCollector.js';
import { addressOf } from './httpSetup.js';
import { installNpm, packageFile } from './packages.js';
import { ShimProcess, until } from './shimProcess.js';

const missing = installNpm();
const entry = packageFile('@modelcontextprotocol', 'server-everything', 'dist', 'index.js');
const call = (name: string, args: object) => ({
  method: 'tools/call',
  params: { name, arguments: args },
});
const steps = [
  { method: 'tools/list' },
  { method: 'ping' },
  call('echo', { message: 'héllo 🔧' }),
  call('get-sum', { a: 1, b: 2.5 }),
  call('get-annotated-message', { messageType: 'error', includeImage: true }),
  call('get-structured-content', { location: 'Chicago' }),
  call('trigger-long-running-operation', { duration: 0.2, steps: 2 }),
  call('no-such-tool', {}),
  { method: 'prompts/list' },
  { method: 'resources/list' },
  { method: 'no/such/method' },
];
const volatile = /\d{1,2}:\d\d:\d\d [AP]M|\d{4}-\d\d-\d\dT[\d:.]+Z/g;

let collector: FakeCollector;
let server: ChildProcess | undefined;
beforeAll(async () => {
  collector = await FakeCollector.start();
});
afterAll(() => collector.stop());
afterEach(async () => {
  if (server?.exitCode === null && server.kill()) await once(server, 'exit');
});

/** Until it listens; somebody else may take the port that was free a moment ago. */
async function startServer(transport: string): Promise<number> {
  for (;;) {
    const port = await findFreePort();
    const child = spawn(process.execPath, [entry, transport], {
      env: { ...process.env, PORT: String(port) },
    });
    server = child;
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdout.resume();
    await until(() => child.exitCode !== null || said.includes(String(port)));
    if (child.exitCode === null && !said.includes('in use')) return port;
  }
}

/** What the SDK's client hears, request by request, progress included. */
async function converse(url: string, transport: string): Promise<string> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: {} });
  const Transport = transport === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
  // Its optional members are spelled in a way that `exactOptionalPropertyTypes` does not like.
  await client.connect(new Transport(new URL(url)) as never);
  const heard: unknown[] = [client.getServerVersion(), client.getInstructions()];
  for (const step of steps) {
    const onprogress = (progress: unknown) => heard.push(progress);
    const answer = client.request(step as never, ResultSchema, { onprogress });
    heard.push(await answer.catch((error: Error) => `refused: ${error.message}`));
  }
  await client.close();
  return JSON.stringify(heard).replace(volatile, '…');
}

describe.skipIf(missing !== null)('server-everything says the same through the proxy', () => {
  it.each([
    ['streamableHttp', '/mcp'],
    ['sse', '/sse'],
  ])('over %s', async (transport, path) => {
    const url = `http://127.0.0.1:${await startServer(transport)}${path}`;
    const direct = await converse(url, transport);
    const options = ['--endpoint', collector.endpoint, '--name', transport, '--http', url];
    const shim = new ShimProcess(options);
    expect(await converse(await addressOf(shim), transport)).toBe(direct);
    await shim.end();
    collector.readSpool(shim.home);
    const methods = collector.spans
      .filter(({ resource }) => resource['service.name'] === transport)
      .filter(({ attributes }) => attributes['spanpath.direction'] === undefined)
      .map(({ attributes }) => [attributes['mcp.method.name'], attributes['spanpath.outcome']]);
    expect(methods).toEqual([
      ['initialize', 'ok'],
      ...steps.map(({ method, ...step }) => [
        method,
        method === 'no/such/method'
          ? 'protocol_error'
          : JSON.stringify(step).includes('no-such-tool')
            ? expect.stringMatching(/error$/)
            : 'ok',
      ]),
    ]);
  });
});
