import { describe, expect, it, onTestFinished } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import { Forwarder, type ForwarderOptions } from '../../src/collector/forward/forwarder.js';
import { readRetryAfter } from '../../src/collector/forward/postRequest.js';
import type { ReceivedRequest } from '../../src/collector/forward/receivedRequest.js';
import { SendQueue } from '../../src/collector/forward/sendQueue.js';
import { parseHeaderList, parseTarget, TargetError } from '../../src/collector/forward/target.js';
import { jsonToProtobuf } from '../../src/core/otlp/jsonRequest.js';
import { signals } from '../../src/core/otlp/schema.js';
import type { ForwardTarget } from '../../src/core/protocol.js';
import { encodeTold, mcp, requestOf } from '../unit/core/trace/telling.js';
import { post, run } from './running.js';
import { runTarget, target, until } from './targets.js';

const told = { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim' };

function runForwarding(...forward: ForwardTarget[]): Promise<Collector> {
  return run({ outlets: { httpPort: null, grpcPort: null, forward } });
}

/** A forwarder of its own, quick to try again. */
function forwarder(to: ForwardTarget, options: ForwarderOptions = {}): Forwarder {
  const made = new Forwarder(to, 'me', { firstPauseMs: 20, maxPauseMs: 80, ...options });
  onTestFinished(() => made.stop());
  return made;
}

function request(records = 1, body: Uint8Array = encodeTold(told)): ReceivedRequest {
  return { signal: 'traces', encoding: 'protobuf', body, records, via: [] };
}

describe('forwarding what arrives', () => {
  it('sends protobuf on, byte for byte, with the headers of the target', async () => {
    const { url, arrivals } = await runTarget();
    const collector = await runForwarding(target(url, { headers: { 'x-scope-orgid': 'one' } }));
    const body = encodeTold(told);
    await post(collector, body);
    await until(() => arrivals.length === 1);
    expect(arrivals[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-scope-orgid': 'one' },
    });
    expect(arrivals[0]!.body.equals(body)).toBe(true);
    // The token of this collector is nobody else's business.
    expect(arrivals[0]!.headers.authorization).toBeUndefined();
  });

  it('sends JSON on, byte for byte, to a target that wants JSON', async () => {
    const { url, arrivals } = await runTarget();
    const collector = await runForwarding(target(url, { encoding: 'json', gzip: true }));
    const text = JSON.stringify(requestOf(told), null, 3);
    await post(collector, text);
    await until(() => arrivals.length === 1);
    expect(arrivals[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
    expect(arrivals[0]!.body.toString()).toBe(text);
  });

  it('changes the encoding where the target wants another', async () => {
    const wantsJson = await runTarget();
    const wantsProtobuf = await runTarget();
    const collector = await runForwarding(
      target(wantsJson.url, { encoding: 'json' }),
      target(wantsProtobuf.url),
    );
    const json = Buffer.from(JSON.stringify(requestOf(told)));
    await post(collector, encodeTold(told));
    await post(collector, json.toString());
    await until(() => wantsJson.arrivals.length === 2 && wantsProtobuf.arrivals.length === 2);
    for (const { body } of wantsJson.arrivals) {
      const { bytes } = jsonToProtobuf(signals.traces, body);
      expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeTold(told)));
    }
    for (const { body } of wantsProtobuf.arrivals) {
      expect(body.equals(encodeTold(told))).toBe(true);
    }
  });

  it('sends each signal to its path, and to a target of one signal only that', async () => {
    const all = await runTarget();
    const one = await runTarget();
    const collector = await runForwarding(
      target(`${all.url}/otlp/`),
      target(`${one.url}/custom/v1/logs`),
    );
    const log = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
    };
    await post(collector, encodeTold(told));
    await post(collector, log, { path: '/v1/logs' });
    await until(() => all.arrivals.length === 2 && one.arrivals.length === 1);
    expect(all.arrivals.map(({ path }) => path).sort()).toEqual([
      '/otlp/v1/logs',
      '/otlp/v1/traces',
    ]);
    expect(one.arrivals[0]!.path).toBe('/custom/v1/logs');
  });

  it('does not send what it refused itself', async () => {
    const { url, arrivals } = await runTarget();
    const collector = await runForwarding(target(url));
    expect((await post(collector, new Uint8Array([10, 200]))).status).toBe(400);
    await post(collector, encodeTold(told));
    await until(() => arrivals.length > 0);
    expect(arrivals).toHaveLength(1);
  });

  it('does not send for ever between two that forward to each other', async () => {
    const first = await run();
    const second = await run();
    const headers = { authorization: 'Bearer token-of-the-test' };
    const to = (other: Collector) => ({
      httpPort: null,
      grpcPort: null,
      forward: [target(other.endpoint, { headers })],
    });
    await first.outlets.configure(to(second));
    await second.outlets.configure(to(first));
    await post(first, encodeTold(told));
    const sent = () => [first, second].map(({ outlets }) => outlets.status.forward[0]!.sent);
    await until(() => sent().join() === '1,1');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sent()).toEqual([1, 1]);
    expect((await second.handlers['session/summary'](null)).spans).toBe(1);
  });

  it('never makes a sender wait for a target that does not answer', async () => {
    const { url, arrivals } = await runTarget(() => 'nothing');
    const collector = await runForwarding(target(url));
    for (let sent = 0; sent < 50; sent++) {
      expect((await post(collector, encodeTold(told))).status).toBe(200);
    }
    await until(() => arrivals.length === 4);
    expect(collector.outlets.status.forward[0]).toMatchObject({
      state: 'sending',
      sent: 0,
      queuedRequests: 50,
    });
  });

  it('goes on with a target that stays the same when others are switched off', async () => {
    const stays = await runTarget();
    const collector = await runForwarding(target(stays.url), target('http://127.0.0.1:9'));
    await post(collector, encodeTold(told));
    await until(() => collector.outlets.status.forward[0]!.sent === 1);
    const status = await collector.handlers['collector/configure']({
      httpPort: null,
      grpcPort: null,
      forward: [target(stays.url)],
    });
    expect(status.forward).toMatchObject([{ url: stays.url, sent: 1 }]);
  });
});

describe('a target in trouble', () => {
  it.each([429, 502, 503, 504])('is tried again after %i', async (status) => {
    const { url, arrivals } = await runTarget((_, place) => ({ status: place < 3 ? status : 200 }));
    const to = forwarder(target(url));
    to.take(request());
    await until(() => to.status.sent === 1);
    expect(arrivals).toHaveLength(4);
    expect(to.status).toMatchObject({ state: 'idle', problem: null, refused: 0 });
  });

  it.each([400, 401, 404, 413, 500])('is not tried again after %i', async (status) => {
    const { url, arrivals } = await runTarget(() => ({
      status,
      body: JSON.stringify({ code: 3, message: 'wrong \u001b[31mshape' }),
    }));
    const to = forwarder(target(url));
    to.take(request(7));
    await until(() => to.status.refused === 7);
    expect(arrivals).toHaveLength(1);
    expect(to.status.problem).toMatch(new RegExp(`^HTTP ${status}: wrong .*shape$`));
    expect(to.status.problem).not.toContain('\u001b');
  });

  it('is left alone for as long as it says', async () => {
    const { url, arrivals } = await runTarget((_, place) =>
      place === 0 ? { status: 503, headers: { 'Retry-After': '1' } } : { status: 200 },
    );
    const to = forwarder(target(url));
    to.take(request());
    await until(() => to.status.state === 'waiting');
    to.take(request());
    await until(() => to.status.sent === 2);
    expect(arrivals[1]!.atMs - arrivals[0]!.atMs).toBeGreaterThan(900);
  });

  it('is tried again when it was not there at all', async () => {
    const { url, server } = await runTarget();
    const port = Number(new URL(url).port);
    await new Promise((resolve) => server.close(resolve));
    const to = forwarder(target(url));
    to.take(request());
    await until(() => to.status.state === 'waiting');
    expect(to.status.problem).toMatch(/ECONNREFUSED/);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
    await until(() => to.status.sent === 1);
  });

  it('costs bounded memory: what is oldest gives way, and is counted', async () => {
    const { url, arrivals } = await runTarget((_, place) => ({ status: place < 6 ? 503 : 200 }));
    const to = forwarder(target(url), {
      maxQueuedBytes: 10_000,
      firstPauseMs: 300,
      maxPauseMs: 300,
    });
    const bodies = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1_000, index));
    for (const body of bodies) to.take(request(2, body));
    expect(to.status.queuedBytes).toBeLessThanOrEqual(10_000);
    await until(() => to.status.state === 'idle' && to.status.sent > 0);
    const { sent, dropped } = to.status;
    expect(sent + dropped).toBe(100);
    expect(sent).toBeLessThanOrEqual(20);
    expect(arrivals.at(-1)!.body[0]).toBeGreaterThan(38);
    expect(arrivals.some(({ body }) => body[0] === 49)).toBe(true);
  });

  it('keeps no large buffer waiting for the sake of a small request', () => {
    const queue = new SendQueue(1_000_000);
    queue.push(request(1, Buffer.alloc(100_000).subarray(10, 20)));
    expect(queue.bytes).toBe(10);
    expect(queue.shift()!.body.buffer.byteLength).toBe(10);
  });

  it('says what it left out of a request that it took', async () => {
    const { url } = await runTarget(() => ({
      status: 200,
      body: JSON.stringify({ partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } }),
    }));
    const to = forwarder(target(url, { encoding: 'json' }));
    to.take(request(5));
    await until(() => to.status.sent > 0);
    expect(to.status).toMatchObject({ sent: 3, refused: 2, problem: 'too old' });
  });

  it('is not followed to another address', async () => {
    const elsewhere = await runTarget();
    const { url } = await runTarget(() => ({
      status: 307,
      headers: { Location: `${elsewhere.url}/v1/traces` },
    }));
    const to = forwarder(target(url));
    to.take(request());
    await until(() => to.status.refused === 1);
    expect(elsewhere.arrivals).toEqual([]);
  });

  it('shows no password, token or query in its status', async () => {
    const to = forwarder(
      target('http://127.0.0.1:9/base?api_key=secret', { headers: { authorization: 'secret' } }),
    );
    expect(JSON.stringify(to.status)).not.toContain('secret');
    expect(to.status.url).toBe('http://127.0.0.1:9/base');
  });
});

describe('what a user writes for a target', () => {
  it('is an address, with headers and an encoding', () => {
    expect(
      parseTarget('http://user:p%40ss@localhost:4318/base', {
        headers: ['X-Scope-OrgID = one', 'a:b'],
        encoding: 'json',
      }),
    ).toEqual({
      url: 'http://localhost:4318/base',
      headers: { authorization: 'Basic dXNlcjpwQHNz', 'x-scope-orgid': 'one', a: 'b' },
      encoding: 'json',
      gzip: true,
    });
  });

  it.each([
    ['localhost:4318', {}],
    ['file:///etc/passwd', {}],
    ['http://x', { encoding: 'thrift' }],
    ['http://x', { headers: ['no value'] }],
    ['http://x', { headers: ['a=b\r\nc: d'] }],
    ['http://x', { headers: ['a b=c'] }],
  ])('is refused when it is none: %s %j', (url, options) => {
    expect(() => parseTarget(url, options)).toThrow(TargetError);
  });

  it('never shows a header in its complaint', () => {
    expect(() => parseTarget('http://x', { headers: ['secret'] })).toThrow(/^(?!.*secret)/);
  });

  it('reads the list of headers as the OpenTelemetry SDKs do', () => {
    expect(parseHeaderList('a=b, api-key=x%20y=,,c=%zz')).toEqual(['a=b', 'api-key=x y=', 'c=%zz']);
    expect(parseHeaderList(undefined)).toEqual([]);
  });

  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Sun, 22 Nov 2026 09:00:10 GMT', 10_000],
    ['Sun, 22 Nov 2026 08:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('Retry-After: %s is waited out', (header, wait) => {
    expect(readRetryAfter(header, Date.UTC(2026, 10, 22, 9))).toBe(wait);
  });
});
