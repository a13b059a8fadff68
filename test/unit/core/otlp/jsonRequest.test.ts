import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonToProtobuf } from '../../../../src/core/otlp/jsonRequest.js';
import { decodeSpan } from '../../../../src/core/otlp/reviveSpan.js';
import { traces } from '../../../../src/core/otlp/schema.js';
import { toHex } from '../../../../src/core/otlp/text.js';
import { WireError } from '../../../../src/core/otlp/wireReader.js';
import { decode, encode, oneSpan, request, requestWith } from './tellingRequests.js';

describe('the JSON encoding', () => {
  it('means the same as protobuf', () => {
    fc.assert(
      fc.property(request, (value) => {
        const text = JSON.stringify(value);
        const { bytes } = jsonToProtobuf(traces, Buffer.from(text));
        // Text has no −0.
        expect(toHex(bytes)).toBe(toHex(encode(JSON.parse(text) as object)));
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
