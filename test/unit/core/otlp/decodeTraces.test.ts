import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSpan } from '../../../../src/core/otlp/reviveSpan.js';
import { toHex } from '../../../../src/core/otlp/text.js';
import { idWords } from '../../../../src/core/otlp/traceBatch.js';
import { WireError } from '../../../../src/core/otlp/wireReader.js';
import {
  decode,
  encode,
  generated,
  oneSpan,
  request,
  requestWith,
  varint,
  wrap,
} from './tellingRequests.js';

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
