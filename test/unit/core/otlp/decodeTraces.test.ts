import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTraces } from '../../../../src/core/otlp/decodeTraces.js';
import { Interner } from '../../../../src/core/otlp/interner.js';
import { jsonToProtobuf } from '../../../../src/core/otlp/jsonRequest.js';
import { decodeSpan } from '../../../../src/core/otlp/reviveSpan.js';
import { traces } from '../../../../src/core/otlp/schema.js';
import { toHex } from '../../../../src/core/otlp/text.js';
import { idWords, TraceBatch } from '../../../../src/core/otlp/traceBatch.js';
import { WireError } from '../../../../src/core/otlp/wireReader.js';
import { encodeMessage } from '../../../../src/core/otlp/writeMessage.js';

interface GeneratedClass {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): GeneratedRequest;
  fromObject(value: object): object;
  encode(message: object): { finish(): Uint8Array };
}
interface GeneratedRequest {
  resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
}
/** The class that protobufjs generated from opentelemetry-proto. */
const generated = (
  createRequire(import.meta.url)('otlp-oracle/build/src/generated/root.js') as {
    opentelemetry: {
      proto: { collector: { trace: { v1: { ExportTraceServiceRequest: GeneratedClass } } } };
    };
  }
).opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

const hexId = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => {
    id[0] = (id[0] ?? 0) | 1;
    return toHex(id);
  });
const nanos = fc.bigInt(0n, 2n ** 64n - 1n).map(String);
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 }),
      }),
    }),
  ),
})).value;
const attributes = fc.array(
  fc.record({
    key: fc.oneof(fc.string(), fc.constantFrom('mcp.method.name', '__proto__', 'error.type')),
    value: anyValue,
  }),
  { maxLength: 5 },
);
const span = fc.record(
  {
    traceId: hexId(16),
    spanId: hexId(8),
    parentSpanId: hexId(8),
    name: fc.string({ unit: 'grapheme' }),
    kind: fc.integer({ min: 0, max: 5 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.string(), attributes }), {
      maxLength: 2,
    }),
    status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string() }),
    flags: fc.nat(),
  },
  { requiredKeys: ['traceId', 'spanId', 'name'] },
);
const request = fc.array(span, { maxLength: 6 }).map((spans) => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: 'lib' }, spans }],
      schemaUrl: 'u',
    },
  ],
}));

function decode(bytes: Uint8Array): { batch: TraceBatch; names: Interner } {
  const names = new Interner();
  const batch = new TraceBatch();
  decodeTraces(bytes, names, batch);
  return { batch, names };
}

function encode(value: object): Uint8Array {
  return encodeMessage(traces.request, value, { count: 0, firstReason: null });
}

const oneSpan = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'a',
};
function requestWith(...spans: object[]): object {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

describe('the protobuf decoder', () => {
  it('reads what the generated class reads, for any request', () => {
    fc.assert(
      fc.property(request, (value) => {
        const bytes = encode(value);
        const { batch, names } = decode(bytes);
        const theirs = generated.toObject(generated.decode(bytes), { longs: String, bytes: Array });
        const spans = theirs.resourceSpans?.[0]?.scopeSpans?.[0]?.spans ?? [];
        expect(batch.count).toBe(spans.length);
        expect(batch.rejected).toBe(0);
        spans.forEach((their, row) => {
          const times = batch.times.subarray(row * 4, row * 4 + 4);
          const long = (low: number, high: number) => String((BigInt(high) << 32n) | BigInt(low));
          expect(names.text(batch.names[row]!)).toBe(their.name ?? '');
          expect(long(times[0]!, times[1]!)).toBe(their.startTimeUnixNano ?? '0');
          expect(long(times[2]!, times[3]!)).toBe(their.endTimeUnixNano ?? '0');
          expect(batch.kinds[row]).toBe(their.kind ?? 0);
          const id = toHex(Uint8Array.from(their.traceId as number[]));
          const words = Array.from(batch.ids.subarray(row * idWords, row * idWords + 4));
          expect(words.map((word) => word.toString(16).padStart(8, '0')).join('')).toBe(id);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('reads what the generated class writes', () => {
    fc.assert(
      fc.property(request, (value) => {
        const ours = encode(value);
        const again = generated.encode(generated.decode(ours)).finish();
        const { batch } = decode(again);
        expect(batch.count).toBe(value.resourceSpans[0]!.scopeSpans[0]!.spans.length);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the other spans when one is bad, and counts it', () => {
    const bytes = encode(
      requestWith(
        oneSpan,
        { ...oneSpan, spanId: 'abcd' },
        { ...oneSpan, spanId: 'eee19b7ec3c1b175' },
      ),
    );
    const { batch } = decode(bytes);
    expect([batch.count, batch.rejected]).toEqual([2, 1]);
    expect(batch.firstReason).toBe('spanId has 2 bytes instead of 8');
  });

  it.each([
    ['no trace id', { ...oneSpan, traceId: '' }],
    ['a trace id of zeros', { ...oneSpan, traceId: '0'.repeat(32) }],
    ['no span id', { ...oneSpan, spanId: '' }],
    ['a span id of zeros', { ...oneSpan, spanId: '0'.repeat(16) }],
    ['a parent id that is cut', { ...oneSpan, parentSpanId: 'eee1' }],
  ])('rejects a span with %s', (_, bad) => {
    const { batch } = decode(encode(requestWith(bad)));
    expect([batch.count, batch.rejected]).toEqual([0, 1]);
  });

  it('rejects a span whose text is not UTF-8, wherever it stands', () => {
    const bytes = encode(
      requestWith(
        { ...oneSpan, attributes: [{ key: 'k', value: { stringValue: 'XXXX' } }] },
        { ...oneSpan, spanId: 'eee19b7ec3c1b175' },
      ),
    );
    const place = Buffer.from(bytes).indexOf('XXXX');
    bytes[place] = 0xff;
    const { batch } = decode(bytes);
    expect([batch.count, batch.rejected, batch.firstReason]).toEqual([
      1,
      1,
      'a value is not UTF-8',
    ]);
  });

  it('rejects a value that is nested too deeply, without recursing into it', () => {
    let value: object = { stringValue: 'x' };
    for (let level = 0; level < 50; level++) value = { arrayValue: { values: [value] } };
    expect(
      decode(encode(requestWith({ ...oneSpan, attributes: [{ key: 'k', value }] }))).batch.count,
    ).toBe(1);
    const inner = Buffer.from(encode(requestWith(oneSpan)));
    let bomb = Buffer.from([0x0a, 0x01, 0x78]);
    for (let level = 0; level < 20_000; level++) {
      const list = Buffer.concat([Buffer.from([0x0a]), varint(bomb.length), bomb]);
      bomb = Buffer.concat([Buffer.from([0x2a]), varint(list.length), list]);
      if (bomb.length > 100_000) break;
    }
    const pair = Buffer.concat([Buffer.from([0x0a, 1, 0x6b, 0x12]), varint(bomb.length), bomb]);
    const spanBytes = Buffer.concat([
      inner.subarray(inner.indexOf(0x5b) - 2),
      Buffer.from([0x4a]),
      varint(pair.length),
      pair,
    ]);
    const { batch } = decode(wrap(wrap(wrap(spanBytes, 0x12), 0x12), 0x0a));
    expect([batch.count, batch.rejected]).toEqual([0, 1]);
  });

  it('reads kinds and codes of a later protocol as not said', () => {
    const { batch } = decode(encode(requestWith({ ...oneSpan, kind: 99, status: { code: 77 } })));
    expect([batch.kinds[0], batch.statuses[0]]).toEqual([0, 0]);
  });

  it('refuses a frame whose length reaches past its end', () => {
    expect(() =>
      decode(Uint8Array.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 1])),
    ).toThrow(WireError);
  });

  it('survives any bytes: decodes, rejects or throws a WireError, nothing else', () => {
    const good = encode(
      requestWith({
        ...oneSpan,
        attributes: [{ key: 'mcp.method.name', value: { stringValue: 'ping' } }],
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
        (changes) => {
          const bytes = Uint8Array.from(good);
          for (const [place, byte] of changes) bytes[place] = byte;
          try {
            const { batch } = decode(bytes);
            for (let row = 0; row < batch.count; row++) {
              const from = batch.places[row * 2]!;
              // What was accepted can be read again for details.
              decodeSpan(
                bytes.subarray(from, from + batch.places[row * 2 + 1]!),
                {},
                { name: '', version: '' },
              );
            }
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the JSON encoding', () => {
  it('means the same as protobuf', () => {
    fc.assert(
      fc.property(request, (value) => {
        const { bytes } = jsonToProtobuf(traces, Buffer.from(JSON.stringify(value)));
        expect(toHex(bytes)).toBe(toHex(encode(value)));
      }),
      { numRuns: 100 },
    );
  });

  it('takes 64-bit numbers without quotes to the last digit', () => {
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${oneSpan.traceId}","spanId":"${oneSpan.spanId}","startTimeUnixNano":1790000000000000123,"endTimeUnixNano":1790000000000000456,"attributes":[{"key":"n","value":{"intValue":9007199254740993}}]}]}]}]}`;
    const { bytes } = jsonToProtobuf(traces, Buffer.from(text));
    const { batch } = decode(bytes);
    const from = batch.places[0]!;
    const read = decodeSpan(
      bytes.subarray(from, from + batch.places[1]!),
      {},
      { name: '', version: '' },
    );
    expect([read.startNanos, read.endNanos]).toEqual([1790000000000000123n, 1790000000000000456n]);
    expect(read.attributes.n).toBe('9007199254740993');
  });

  it('takes ids in either case, ignores unknown fields and null', () => {
    const value = requestWith({
      ...oneSpan,
      traceId: oneSpan.traceId.toUpperCase(),
      unknown: { x: 1 },
      status: null,
    });
    const { bytes, rejections } = jsonToProtobuf(traces, Buffer.from(JSON.stringify(value)));
    expect([decode(bytes).batch.count, rejections.count]).toEqual([1, 0]);
  });

  it.each([
    ['an id that is not hex', { ...oneSpan, traceId: 'zz' }],
    ['a name that is a number', { ...oneSpan, name: 5 }],
    ['a time that is a word', { ...oneSpan, startTimeUnixNano: 'noon' }],
    ['attributes that are no list', { ...oneSpan, attributes: {} }],
    ['a span that is a string', 'span'],
  ])('leaves out %s and counts it', (_, bad) => {
    const { bytes, rejections } = jsonToProtobuf(
      traces,
      Buffer.from(JSON.stringify(requestWith(oneSpan, bad as object))),
    );
    expect([decode(bytes).batch.count, rejections.count]).toEqual([1, 1]);
  });

  it.each(['', 'null', '[]', '{', '"x"', '{"resourceSpans":{}}', '{"resourceSpans":[5]}'])(
    'refuses %s as a whole',
    (text) => {
      expect(() => jsonToProtobuf(traces, Buffer.from(text))).toThrow(WireError);
    },
  );
});

describe('the walk over JSON', () => {
  const good = JSON.stringify(
    requestWith(
      { ...oneSpan, attributes: [{ key: 'k\n"', value: { doubleValue: -1.5e3 } }] },
      oneSpan,
    ),
  );
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('agrees with JSON.parse on what is JSON, for any change of a few bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.constantFrom(...'{}[]",:0-1e.tn \\x')), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          const characters = [...good];
          for (const [place, char] of changes) characters[place] = char;
          const text = characters.join('');
          try {
            const { bytes } = jsonToProtobuf(traces, Buffer.from(text));
            expect(isJson(text)).toBe(true);
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes every request that JSON.parse and the object writer take, with the same result', () => {
    fc.assert(
      fc.property(request, fc.nat(3), (value, spaces) => {
        const text = JSON.stringify(value, null, spaces);
        expect(toHex(jsonToProtobuf(traces, Buffer.from(text)).bytes)).toBe(
          toHex(encode(JSON.parse(text))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['nested brackets', '['.repeat(300_000)],
    ['nested objects', '{"a":'.repeat(300_000)],
    [
      'nested values',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":${'{"arrayValue":{"values":['.repeat(100_000)}`,
    ],
    ['trailing text', `${good} x`],
    ['a raw control character', '{"a\u0001":1}'.replace('\\u0001', String.fromCharCode(1))],
  ])('refuses %s', (_, text) => {
    expect(() => jsonToProtobuf(traces, Buffer.from(text))).toThrow(WireError);
  });
});

describe('a span read for details', () => {
  it('keeps keys that are names of object members as data', () => {
    const told = {
      ...oneSpan,
      attributes: ['__proto__', 'constructor', 'toString'].map((key) => ({
        key,
        value: { stringValue: 'v' },
      })),
    };
    const bytes = encode(requestWith(told));
    const { batch } = decode(bytes);
    const from = batch.places[0]!;
    const read = decodeSpan(
      bytes.subarray(from, from + batch.places[1]!),
      {},
      { name: '', version: '' },
    );
    expect(Object.keys(read.attributes)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function wrap(bytes: Buffer, tag: number): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
}
