import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  drawTree,
  hookEnvironment,
  lineOf,
  parent,
  plainEnvironment,
  withServer as runServer,
} from './support/hooks.js';
import { OtlpSink } from './support/otlpSink.js';
import { installNodePackages, placeServer } from './support/packages.js';
import type { ServerCommand, StdioClient } from './support/stdioClient.js';

const v1 = installNodePackages('node-v1');
const v2 = installNodePackages('node-v2');

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

/** Runs a server to its end, and reads what it sent to the end. */
async function withServer<T>(command: ServerCommand, use: (client: StdioClient) => Promise<T>) {
  const ended = await runServer(command, use);
  await sink.settled();
  return ended;
}

const run = (
  folder: string,
  file: string,
  node = process.execPath,
  args: readonly string[] = [],
) => ({
  command: node,
  args: [...args, placeServer(folder, file)],
  cwd: folder,
  env: hookEnvironment(sink.endpoint),
});

const place = (name: string): Record<string, unknown> | undefined =>
  sink.logs.find(
    (log) =>
      log.eventName === 'spanpath.handler' && log.attributes['spanpath.handler.name'] === name,
  )?.attributes;

async function call(client: StdioClient, name: string, args: object = {}): Promise<unknown> {
  return client.callTool(name, args, parent.traceparent);
}

describe.skipIf(v1 === null)('the Node hook with SDK 1.x', () => {
  const folder = v1 ?? '';
  const tools: readonly [string, object][] = [
    ['echo', { text: 'hi' }],
    ['add', { a: 1, b: 2 }],
    ['fails', {}],
    ['says_no', {}],
    ['runs', {}],
    ['spans', {}],
    ['prints', {}],
    ['environment', {}],
    ['changes', { a: 1, b: 2 }],
    ['missing', {}],
  ];

  it('changes nothing of what the server writes, nor how it ends', async () => {
    const use = async (client: StdioClient): Promise<void> => {
      for (const [name, args] of tools) await client.callTool(name, args);
      await client.request('prompts/get', { name: 'review', arguments: { code: 'x' } });
      await client.request('resources/read', { uri: 'users://7' });
    };
    const hooked = await withServer(run(folder, 'v1.mjs'), use);
    const plain = await withServer({ ...run(folder, 'v1.mjs'), env: plainEnvironment() }, use);
    expect(hooked.stdout).toBe(plain.stdout);
    expect(hooked.stderr).toBe(plain.stderr);
    expect(hooked.exitCode).toBe(plain.exitCode);
    expect(plain.exitCode).toBe(0);
  });

  it('reports where each handler is, however it was registered', async () => {
    const file = placeServer(folder, 'v1.mjs');
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await call(client, 'echo', { text: 'hi' });
      await sink.until(() => place('user') !== undefined);
    });
    const lines: readonly [string, string][] = [
      ['add', 'async function addNumbers'],
      ['fails', 'async function failing'],
      ['spans', "registerTool('spans'"],
      ['review', "registerPrompt('review'"],
      ['user', 'async (uri) =>'],
    ];
    for (const [name, text] of lines) {
      expect(place(name), name).toMatchObject({
        'code.file.path': file,
        'code.line.number': lineOf(file, text),
      });
    }
    const changed = sink.logs
      .filter((log) => log.attributes['spanpath.handler.name'] === 'changes')
      .at(-1);
    expect(changed?.attributes['code.line.number']).toBe(lineOf(file, 'changing.update('));
    expect(place('user')?.['mcp.resource.uri']).toBe('users://{id}');
  });

  it('joins what a handler does to the span on the wire', async () => {
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await call(client, 'fetches', { url: sink.endpoint });
      await call(client, 'runs');
      await call(client, 'spans');
      await sink.until(() => sink.spans.filter((span) => span.kind === 2).length === 3);
    });
    expect(drawTree(sink, parent.spanId)).toEqual([
      'server tools/call fetches',
      '  internal fetches',
      '    client GET',
      '    client GET',
      'server tools/call runs',
      '  internal runs',
      '    internal exec node failed 3',
      '    internal exec node',
      'server tools/call spans',
      '  internal spans',
      '    internal outer',
      '      internal inner',
    ]);
    expect(new Set(sink.spans.map((span) => span.traceId))).toEqual(new Set([parent.traceId]));
    const outer = sink.spans.find((span) => span.name === 'outer');
    expect(outer?.scope).toBe('mine');
    expect((outer?.endMs ?? 0) - (outer?.startMs ?? 0)).toBeGreaterThanOrEqual(5);
    const first = sink.spans.find((span) => span.name === 'GET');
    expect(first?.attributes['url.full']).toBe(`${sink.endpoint}/fetched?token=…`);
    expect(first?.attributes['http.response.status_code']).toBe(200);
  });

  it('keeps the stack of an exception that the SDK turns into a result', async () => {
    const file = placeServer(folder, 'v1.mjs');
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await call(client, 'fails');
      await call(client, 'says_no');
      await sink.until(() => sink.spans.filter((span) => span.kind === 2).length === 2);
    });
    const handler = sink.spans.find((span) => span.name === 'failing');
    const exception = handler?.events[0]?.attributes;
    expect(exception?.['exception.type']).toBe('TypeError');
    expect(exception?.['exception.message']).toBe('broken on purpose');
    expect(String(exception?.['exception.stacktrace']).split('\n')[1]).toContain(
      `${file}:${lineOf(file, 'new TypeError')}:`,
    );
    expect(exception?.['exception.stacktrace']).not.toContain('preload');
    expect(sink.spans.map((span) => span.attributes['error.type'])).toContain('tool_error');
    expect(sink.spans.find((span) => span.name === 'tools/call says_no')?.events).toEqual([]);
  });

  it('calls a callback without a name by what it was registered as', async () => {
    const file = placeServer(folder, 'v1.mjs');
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await client.request('resources/read', { uri: 'broken://one' });
      await sink.until(() => sink.spans.length === 2);
    });
    const handler = sink.spans.find((span) => span.kind === 1);
    const frames = String(handler?.events[0]?.attributes['exception.stacktrace']).split('\n');
    expect(frames[1]).toContain(`at broken (`);
    expect(frames[1]).toContain(`${file}:${lineOf(file, "'no such thing'")}:`);
  });

  it('finds the line that printed to stdout, and the call during which it did', async () => {
    const file = placeServer(folder, 'v1.mjs');
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await call(client, 'prints');
      await sink.until(() => sink.logs.some((log) => log.eventName === 'spanpath.finding'));
    });
    const finding = sink.logs.find((log) => log.eventName === 'spanpath.finding');
    expect(finding).toMatchObject({
      body: 'printed to stdout',
      traceId: parent.traceId,
      attributes: {
        'spanpath.finding.kind': 'stdout_pollution',
        'code.file.path': file,
        'code.line.number': lineOf(file, 'printed to stdout'),
      },
    });
    const written = sink.logs.find((log) => log.eventName === 'spanpath.stderr');
    expect(written?.attributes['code.line.number']).toBe(lineOf(file, 'printed to stderr'));
  });

  it('tells what is printed while an answer is on its way from the answer itself', async () => {
    const file = placeServer(folder, 'v1.mjs');
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      await call(client, 'echo', { text: 'hi' });
      await call(client, 'prints_late');
      await sink.until(() => sink.logs.some((log) => log.eventName === 'spanpath.finding'));
    });
    const findings = sink.logs.filter((log) => log.eventName === 'spanpath.finding');
    expect(findings.map(({ body, attributes }) => [body, attributes['code.line.number']])).toEqual([
      ['printed while sending', lineOf(file, 'printed while sending')],
    ]);
  });

  it('has the span of a call that was cancelled, and so never answered', async () => {
    await withServer(run(folder, 'v1.mjs'), async (client) => {
      void call(client, 'waits').catch(() => {});
      await call(client, 'echo', { text: 'hi' });
      // The handshake had the first id.
      client.notify('notifications/cancelled', { requestId: 2 });
      await sink.until(() => sink.spans.some((span) => span.name === 'tools/call waits'));
    });
    const waits = sink.spans.find((span) => span.name === 'tools/call waits');
    expect(waits).toMatchObject({ kind: 2, parentSpanId: parent.spanId, status: 0 });
    expect((waits?.endMs ?? 0) - (waits?.startMs ?? 0)).toBeGreaterThan(250);
  });

  it('leaves the server as it is when nobody listens', async () => {
    const command = run(folder, 'v1.mjs');
    const env = { ...command.env, SPANPATH_HOOK_ENDPOINT: 'http://127.0.0.1:1' };
    const { value, exitCode } = await withServer({ ...command, env }, (client) =>
      call(client, 'echo', { text: 'hi' }),
    );
    expect(value).toMatchObject({ result: { content: [{ text: 'hi' }] } });
    expect(exitCode).toBe(0);
    expect(sink.spans).toEqual([]);
  });

  it('marks a low-level handler as one that answers every name', async () => {
    const file = placeServer(folder, 'lowlevel.cjs');
    await withServer(run(folder, 'lowlevel.cjs'), async (client) => {
      await call(client, 'add', { a: 1, b: 2 });
      await sink.until(() => sink.spans.length > 0);
    });
    expect(sink.spans[0]?.attributes).toMatchObject({
      'gen_ai.tool.name': 'add',
      'code.file.path': file,
      'code.line.number': lineOf(file, 'function dispatch'),
      'spanpath.handler.dispatch': true,
    });
  });

  it.each(['tsx', 'ts-node'])('maps what %s compiled back to the source', async (tool) => {
    const file = placeServer(folder, 'typed.ts');
    const command = run(folder, 'typed.ts', join(folder, 'node_modules/.bin', tool));
    await withServer(command, async (client) => {
      await call(client, 'add', { a: 1, b: 2 });
      await sink.until(() => place('echo') !== undefined);
    });
    expect(place('add')).toMatchObject({
      'code.file.path': file,
      'code.line.number': lineOf(file, 'async function addNumbers'),
    });
    expect(place('echo')).toMatchObject({
      'code.line.number': lineOf(file, 'async ({ text: said }'),
    });
  });

  const everything = join(
    folder,
    'node_modules/@modelcontextprotocol/server-everything/dist/index.js',
  );

  it('reaches the tools of server-everything', async () => {
    const env = hookEnvironment(sink.endpoint);
    const command = { command: process.execPath, args: [everything], cwd: folder, env };
    await withServer(command, async (client) => {
      await call(client, 'echo', { message: 'hi' });
      await sink.until(() => sink.spans.some((span) => span.name === 'tools/call echo'));
    });
    expect(String(place('echo')?.['code.file.path'])).toContain(
      'server-everything/dist/tools/echo.js',
    );
  });

  it('leaves every answer of server-everything as it is', async () => {
    const requests: readonly [string, object][] = [
      ['tools/list', {}],
      ['tools/call', { name: 'echo', arguments: { message: 'hi' } }],
      ['tools/call', { name: 'echo', arguments: {} }],
      ['tools/call', { name: 'get-sum', arguments: { a: 1, b: 2 } }],
      ['tools/call', { name: 'get-env', arguments: {} }],
      ['tools/call', { name: 'get-tiny-image', arguments: {} }],
      ['tools/call', { name: 'get-structured-content', arguments: { location: 'Chicago' } }],
      ['tools/call', { name: 'get-annotated-message', arguments: { messageType: 'error' } }],
      ['tools/call', { name: 'get-resource-links', arguments: { count: 2 } }],
      ['tools/call', { name: 'no-such-tool', arguments: {} }],
      ['prompts/list', {}],
      ['prompts/get', { name: 'simple-prompt' }],
      ['prompts/get', { name: 'args-prompt', arguments: { city: 'Ulm' } }],
      ['prompts/get', { name: 'args-prompt', arguments: {} }],
      ['resources/list', {}],
      ['resources/templates/list', {}],
      ['resources/read', { uri: 'demo://resource/static/document/features.md' }],
      ['resources/read', { uri: 'demo://no/such' }],
      ['completion/complete', { ref: { type: 'ref/prompt', name: 'no' }, argument: {} }],
      ['no/such', {}],
    ];
    const answersWith = async (env: NodeJS.ProcessEnv): Promise<object> => {
      const command = { command: process.execPath, args: [everything], cwd: folder, env };
      const { value, stderr, exitCode } = await withServer(command, async (client) => {
        const answers: unknown[] = [];
        for (const [method, params] of requests) answers.push(await client.request(method, params));
        return answers;
      });
      return { value, stderr, exitCode };
    };
    const plain = await answersWith(plainEnvironment());
    expect(JSON.stringify(plain)).toContain('Echo: hi');
    expect(await answersWith(hookEnvironment(sink.endpoint))).toEqual(plain);
  });
});

describe.skipIf(v2 === null)('the Node hook with SDK 2.x', () => {
  it.each(['v2.mjs', 'v2.cjs'])('sees the same in %s', async (name) => {
    const folder = v2 ?? '';
    const file = placeServer(folder, name);
    await withServer(run(folder, name), async (client) => {
      await call(client, 'echo', { text: 'hi' });
      await call(client, 'fails');
      await client.request('prompts/get', { name: 'review', arguments: { code: 'x' } });
      await sink.until(() => sink.spans.filter((span) => span.kind === 2).length === 3);
    });
    const prompt = sink.spans.find((span) => span.name === 'prompts/get review');
    expect(prompt?.attributes['code.function.name']).toBe('reviewing');
    // A slow first call has a span for the handler too, which a fast one does without.
    const tree = drawTree(sink, parent.spanId).filter((line) => line !== '  internal echo');
    expect(tree).toEqual([
      'server tools/call echo',
      'server tools/call fails failed tool_error',
      '  internal failing failed',
    ]);
    expect(place('add')).toMatchObject({
      'code.line.number': lineOf(file, 'async function addNumbers'),
    });
  });
});
