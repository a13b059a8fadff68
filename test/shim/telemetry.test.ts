import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from './certificate.js';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath, until } from './shimProcess.js';

const tools = ['--', process.execPath, serverPath('tools.mjs')];
let collector: FakeCollector;

beforeEach(async () => {
  collector = await FakeCollector.start();
});
afterEach(() => collector.stop());

function start(options: readonly string[] = [], env: Record<string, string> = {}): ShimProcess {
  const shim = new ShimProcess(
    ['--endpoint', collector.endpoint, '--token', 'key', '--name', 'tools', ...options, ...tools],
    env,
  );
  shim.send({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18' },
  });
  return shim;
}

/** Calls one tool and waits for the end of all. */
async function callOnce(
  name: string,
  args: unknown = {},
  options: readonly string[] = [],
  env = {},
) {
  const shim = start(options, env);
  // One call at a time, so that what is printed meanwhile is its own.
  await shim.lines(1);
  shim.call(1, name, args);
  await until(() => collector.named(`tools/call ${name}`) !== undefined);
  const exit = await shim.end();
  return { exit, span: collector.named(`tools/call ${name}`) };
}

describe('a call arrives at the collector', () => {
  it('with its names, ids, times and messages', async () => {
    const { exit, span } = await callOnce('echo', { message: 'hi' });
    expect(span?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'echo',
      'mcp.protocol.version': '2025-06-18',
      'network.transport': 'pipe',
      'spanpath.outcome': 'ok',
      'gen_ai.tool.call.arguments': '{"message":"hi"}',
    });
    expect(span?.resource).toMatchObject({
      'service.name': 'tools',
      'spanpath.server.name': 'tools',
      'spanpath.server.cwd': process.cwd(),
    });
    expect(exit.stdout.toString()).toContain(`00-${span?.traceId}-${span?.spanId}-01`);
    expect(span?.events.length).toBe(2);
    expect((span?.endNanos ?? 0n) > (span?.startNanos ?? 0n)).toBe(true);
    expect(Math.abs(Number((span?.startNanos ?? 0n) / 1_000_000n) - Date.now())).toBeLessThan(
      60_000,
    );
    expect([...collector.authorizations]).toEqual(['Bearer key']);
    expect(collector.named('initialize')?.attributes['spanpath.outcome']).toBe('ok');
  });

  it.each([
    ['fail', 'tool_error', 'tool_error'],
    ['refuse', 'protocol_error', '-32602'],
    ['lie', 'payload_error', 'payload_error'],
  ])('as %s: %s', async (name, outcome, errorType) => {
    const { span } = await callOnce(name);
    expect(span?.attributes).toMatchObject({
      'spanpath.outcome': outcome,
      'error.type': errorType,
    });
    expect(span?.statusCode).toBe(2);
  });

  it('as abandoned when the server exits first', async () => {
    const shim = start();
    shim.call(1, 'crash');
    expect((await shim.exit).code).toBe(3);
    collector.readSpool(shim.home);
    const span = collector.named('tools/call crash');
    expect(span?.attributes['spanpath.outcome']).toBe('abandoned');
    expect(collector.findings('server_exit')).toMatchObject([
      { body: 'the server exited with code 3', spanId: span?.spanId },
    ]);
  });

  it('as abandoned, without a finding, when the client ends it', async () => {
    const shim = start();
    await shim.lines(1);
    shim.call(1, 'hang');
    shim.child.kill('SIGTERM');
    expect((await shim.exit).signal).toBe('SIGTERM');
    collector.readSpool(shim.home);
    expect(collector.named('tools/call hang')?.statusMessage).toBe(
      'the server was ended by SIGTERM',
    );
    expect(collector.findings('server_exit')).toEqual([]);
  });

  it('as timed out when the client says so', async () => {
    const shim = start();
    shim.call(1, 'hang');
    shim.send({
      method: 'notifications/cancelled',
      params: { requestId: 1, reason: 'Request timed out' },
    });
    await until(() => collector.named('tools/call hang') !== undefined);
    expect(collector.named('tools/call hang')?.attributes['spanpath.outcome']).toBe('timeout');
    await shim.end();
  });

  it('with what was printed to stdout by mistake, and to stderr, while it ran', async () => {
    const printed = await callOnce('print');
    await until(() => collector.findings('stdout_pollution').length > 0);
    const [finding] = collector.findings('stdout_pollution');
    expect(finding).toMatchObject({
      body: 'debug: printed by mistake',
      spanId: printed.span?.spanId,
    });
    expect(printed.exit.stdout.toString()).toContain('debug: printed by mistake\n');
    const complained = await callOnce('complain');
    await until(() => collector.logs.some((log) => log.eventName === 'spanpath.stderr'));
    expect(collector.logs.find((log) => log.eventName === 'spanpath.stderr')).toMatchObject({
      body: 'something is odd',
      spanId: complained.span?.spanId,
    });
  });

  it('while it runs, with its progress', async () => {
    const shim = start();
    shim.call(1, 'progress', {}, { _meta: { progressToken: 'p' } });
    await until(() =>
      collector.live.some(
        (message) => message.type === 'callStarted' && message.name === 'tools/call progress',
      ),
    );
    expect(collector.live[0]).toMatchObject({
      type: 'hello',
      server: { name: 'tools', transport: 'stdio' },
    });
    await until(() => collector.live.some((message) => message.type === 'callEnded'));
    await shim.end();
    collector.readSpool(shim.home);
    expect(collector.named('tools/call progress')?.events.length).toBe(3);
  });

  it.skipIf(!hasOpenssl)('over TLS, while it runs and when it is over', async () => {
    const certificate = makeCertificate();
    await collector.stop();
    collector = await FakeCollector.startSecure(certificate);
    const { span } = await callOnce('progress', {}, [], { NODE_EXTRA_CA_CERTS: certificate.path });
    expect(span?.attributes['spanpath.outcome']).toBe('ok');
    expect(collector.live.map((message) => message.type)).toContain('callStarted');
  });

  it('with the request that the server made inside it', async () => {
    const shim = start();
    shim.call(1, 'ask');
    await until(() => shim.stdout.includes('sampling/createMessage'));
    shim.send({ jsonrpc: '2.0', id: 's1', result: {} });
    await until(() => collector.named('tools/call ask') !== undefined);
    await shim.end();
    const [ask, sampling] = [
      collector.named('tools/call ask'),
      collector.named('sampling/createMessage'),
    ];
    expect(sampling).toMatchObject({ traceId: ask?.traceId, parentSpanId: ask?.spanId });
  });

  it('in the trace of the one who called', async () => {
    const shim = start();
    const traceId = 'ab'.repeat(16);
    shim.call(
      1,
      'echo',
      { message: 'x' },
      { _meta: { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, tracestate: 'v=1' } },
    );
    await until(() => collector.named('tools/call echo') !== undefined);
    const { stdout } = await shim.end();
    const span = collector.named('tools/call echo');
    expect(span).toMatchObject({ traceId, parentSpanId: 'cd'.repeat(8) });
    const lines = stdout.toString().trim().split('\n');
    expect(JSON.parse(lines[1] ?? '').result.seen).toEqual({
      traceparent: `00-${traceId}-${span?.spanId}-01`,
      tracestate: 'v=1',
    });
  });

  it.each([
    ['in a trace of its own', {}],
    [
      'in the trace of the caller',
      { _meta: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` } },
    ],
  ])(
    'under the ids that the server got, %s, when its arguments are too large to keep',
    async (_where, more) => {
      const shim = start();
      const large = { message: 'x'.repeat(600 << 10) };
      shim.call(1, 'echo', large, more);
      await until(() => collector.named('tools/call echo') !== undefined);
      const { stdout } = await shim.end();
      const span = collector.named('tools/call echo');
      const answer = JSON.parse(stdout.toString().trim().split('\n')[1] ?? '');
      expect(answer.result.seen.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
      expect(span?.parentSpanId).toBe('_meta' in more ? 'cd'.repeat(8) : undefined);
      expect(span?.attributes).not.toHaveProperty('spanpath.not_injected');
    },
  );

  it('with the word that it took no ids, when it is longer than is held', async () => {
    const { exit, span } = await callOnce('echo', { message: 'x'.repeat(5 << 20) });
    expect(exit.stdout.toString()).not.toContain('traceparent');
    expect(span?.attributes['spanpath.not_injected']).toBe(true);
  });

  it('without a word of a message that is too large to keep', async () => {
    const { exit, span } = await callOnce('big', { bytes: 3 << 20 });
    expect(exit.stdout.length).toBeGreaterThan(3 << 20);
    expect(span?.attributes).toMatchObject({ 'spanpath.outcome': 'ok' });
    expect(span?.attributes['spanpath.response.bytes']).toBeGreaterThan(3 << 20);
    const answer = span?.events[1]?.attributes;
    expect(answer?.['spanpath.message.truncated']).toBe(true);
    expect(String(answer?.['spanpath.message.body']).length).toBeLessThan(1 << 20);
  });
});

describe('content', () => {
  const args = { message: 'hi', apiKey: 'very-secret' };
  it.each([
    [['--content', 'full'], {}, '"apiKey":"very-secret"'],
    [[], {}, '"apiKey":"[redacted]"'],
    [['--content', 'keys'], {}, '{"message":"[string]","apiKey":"[redacted]"}'],
    [['--redact', 'message'], {}, '{"message":"[redacted]","apiKey":"[redacted]"}'],
    [['--content', 'none'], {}, undefined],
    [[], { TRACELOOP_TRACE_CONTENT: 'false' }, undefined],
    [[], { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' }, undefined],
  ])('%j %j', async (options, env, expected) => {
    const { span } = await callOnce('echo', args, options, env);
    const kept = span?.attributes['gen_ai.tool.call.arguments'];
    if (expected === undefined) {
      expect(kept).toBeUndefined();
      expect(JSON.stringify(collector.spans.map(({ events }) => events))).not.toContain('hi');
    } else expect(kept).toContain(expected);
    expect(span?.attributes['gen_ai.tool.name']).toBe('echo');
  });
});

it('a redaction pattern that does not come to an end hides, and is named', async () => {
  const options = ['--redact', '/(?:a+)+b/'];
  const { span } = await callOnce('echo', { message: 'a'.repeat(40) }, options);
  expect(span?.attributes['gen_ai.tool.call.arguments']).toBe('{"message":"[redacted]"}');
  await until(() => collector.findings('slow_redaction').length > 0);
  expect(collector.findings('slow_redaction')[0]?.body).toContain('(?:a+)+b');
});
