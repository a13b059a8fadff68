import { describe, expect, it, vi } from 'vitest';
import { attr } from '../../../src/core/mcp/conventions.js';
import { Call, type Request } from '../../../src/hooks/node/call.js';
import { writeSpans } from '../../../src/hooks/node/encode.js';
import { JsonBytes } from '../../../src/hooks/node/jsonBytes.js';
import type { Places } from '../../../src/hooks/node/places.js';

// A busy machine may take its time between a call and its handler, which would be worth a span.
vi.hoisted(() => vi.useFakeTimers({ toFake: ['performance'] }));

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentSpanId = 'b7ad6b7169203331';
const place = {
  functionName: 'echo',
  attributes: { [attr.codeFilePath]: '/w/ünter.ts', [attr.codeLine]: 7 },
  text: '',
};
const places = { of: () => place, ofDispatcher: () => null } as unknown as Places;

function callOf(name: string, traceparent?: string): Call {
  const request: Request = {
    id: 1,
    method: 'tools/call',
    params: { name, _meta: { traceparent } },
  };
  const call = new Call(request, places, undefined);
  call.begin(() => {});
  return call;
}

const joined = `00-${traceId}-${parentSpanId}-01`;

// biome-ignore lint/suspicious/noExplicitAny: JSON as a collector reads it
function write(calls: readonly Call[], out = new JsonBytes()): any[] {
  writeSpans(out, { 'service.name': 'sö' }, calls);
  const [of] = JSON.parse(out.written.toString('utf8')).resourceSpans;
  expect(of.resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'sö' } }]);
  return of.scopeSpans.flatMap(({ spans }: { spans: unknown[] }) => spans);
}

/** The same span by way of the records that all other spans take. */
function recordOf(call: Call): Call {
  return Object.assign(Object.create(call) as Call, { writeTo: () => false });
}

describe('a call that is like any other', () => {
  it('is written as it would be by way of a record, but for its own id', () => {
    const call = callOf('écho "hi"\n', joined);
    call.end({ id: 1, result: {} });
    const [direct] = write([call]);
    expect(direct).toMatchObject({ traceId, parentSpanId, name: 'tools/call écho "hi"\n' });
    expect(direct.spanId).toMatch(/^[0-9a-f]{16}$/);
    const [record] = write([recordOf(call)]);
    expect({ ...direct, spanId: '' }).toEqual({ ...record, spanId: '' });
  });

  it('stands beside calls that failed, were late or have no parent', () => {
    const plain = callOf('plain', joined);
    const failed = callOf('failed', joined);
    const alone = callOf('alone');
    failed.fail(new Error('no'));
    for (const call of [plain, failed, alone]) {
      call.end({ id: 1, result: { isError: call === failed } });
    }
    const spans = write([failed, plain, alone]);
    expect(spans.map(({ name, status }) => [name, status.code])).toEqual([
      ['tools/call plain', 0],
      ['echo', 2],
      ['tools/call failed', 2],
      ['tools/call alone', 0],
    ]);
    expect(spans[3].parentSpanId).toBeUndefined();
  });

  it('keeps the ids that were given away while it ran', () => {
    const call = callOf('echo', joined);
    const inner = call.innermost;
    call.end({ id: 1, result: {} });
    const [handler, server] = write([call]);
    expect(handler).toMatchObject({ spanId: inner.spanId, parentSpanId: server.spanId });
  });

  it('is written in any number, again and again into the same bytes', () => {
    const out = new JsonBytes();
    for (const count of [1, 2000, 3]) {
      const calls = Array.from({ length: count }, () => callOf('echo', joined));
      for (const call of calls) call.end({ id: 1, result: {} });
      const spans = write(calls, out);
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(count);
    }
  });
});

describe('bytes of JSON', () => {
  it.each([
    [0, '0000000000000000000'],
    [1_700_000_000_123.5, '1700000000123500000'],
    [999, '0000000000999000000'],
    [4_000_000_000_999.75, '4000000000999750000'],
  ])('write %s ms as nanoseconds', (ms, expected) => {
    const out = new JsonBytes();
    out.setNanos(out.bytes(Buffer.alloc(19)), ms);
    expect(out.written.toString()).toBe(expected);
  });
});
