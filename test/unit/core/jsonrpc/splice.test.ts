import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanMessages } from '../../../../src/core/jsonrpc/scan.js';
import { RetryContexts } from '../../../../src/shim/retryContexts.js';
import { SplicePlan } from '../../../../src/shim/splicePlan.js';

const pattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

function splice(text: string): string {
  const bytes = Buffer.from(text);
  const plan = new SplicePlan(new RetryContexts());
  plan.addLine(bytes, 0, bytes.length);
  const out = Buffer.alloc(bytes.length + plan.growth);
  plan.splice(bytes, out);
  return out.toString();
}

/** What a proxy that parses would send, apart from spelling. */
function naive(value: Record<string, unknown>, traceparent: string): unknown {
  const params = (value.params ?? {}) as Record<string, unknown>;
  const meta = (params._meta ?? {}) as Record<string, unknown>;
  return { ...value, params: { ...params, _meta: { ...meta, traceparent } } };
}

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('id', 'method', 'params', '_meta', 'traceparent', 'result', 'arguments'),
);
const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const request = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string()),
    method: fc.constantFrom('tools/call', 'ping', 'x"y\\z', 'tööls/🔧'),
    params: fc.record(
      {
        name: fc.string(),
        arguments: json,
        _meta: fc.dictionary(key, json, { maxKeys: 3 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['id', 'method'] },
);
const spacing = fc.constantFrom(undefined, 1, '\t', ' \r ');

describe('the splice', () => {
  it('says what a parse-and-reprint would say, whatever the request', () => {
    fc.assert(
      fc.property(request, spacing, (value, space) => {
        const text = JSON.stringify(value, null, space);
        const parsed = JSON.parse(splice(text));
        const { traceparent } = parsed.params._meta;
        expect(traceparent).toMatch(pattern);
        expect(parsed).toEqual(naive(JSON.parse(text), traceparent));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves every other byte as it was', () => {
    fc.assert(
      fc.property(request, spacing, (value, space) => {
        if (value.params?._meta && 'traceparent' in value.params._meta) return;
        const text = JSON.stringify(value, null, space);
        const out = splice(text);
        const added = out.length - text.length;
        let at = 0;
        while (at < text.length && out[at] === text[at]) at++;
        const without = out.slice(0, at) + out.slice(at + added);
        expect(out.slice(at, at + added)).toContain('-');
        expect(without).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      'numbers that a double cannot hold',
      '{"id":9007199254740993,"method":"m","params":{"a":1.0,"b":1e3,"c":-0}}',
    ],
    ['duplicate keys', '{"id":1,"id":2,"method":"m","params":{"a":1},"params":{"a":2,"a":3}}'],
    ['escapes', '{"id":"\\u0041","method":"tools\\/call","params":{"x":"\\ud83d\\ude00\\\\\\""}}'],
    ['odd spacing', ' { "id" : 1 ,\t"method":"m" , "params" : { } } \r'],
  ])('keeps %s', (_what, text) => {
    const out = splice(text);
    expect(out).not.toBe(text);
    expect(out.replace(/"_meta":\{"traceparent":"[^"]*"\},?/, '')).toBe(text);
  });

  it('goes into the last of duplicate params, which is the one a parser keeps', () => {
    const out = splice('{"id":1,"method":"m","params":{"a":1},"params":{"a":2}}');
    expect(JSON.parse(out).params._meta.traceparent).toMatch(pattern);
  });

  it('finds keys that are spelled with escapes', () => {
    const out = splice('{"\\u0069d":1,"m\\u0065thod":"m","params":{"\\u005fmeta":{"a":1}}}');
    expect(JSON.parse(out).params._meta).toMatchObject({ a: 1, traceparent: expect.any(String) });
  });

  it('continues a trace: same trace id, same sampled flag, new span id', () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const out = JSON.parse(
      splice(
        `{"id":1,"method":"m","params":{"_meta":{"tracestate":"a=b","traceparent":"00-${trace}-b7ad6b7169203331-00","baggage":"k=v"}}}`,
      ),
    ).params._meta;
    expect(out.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
    expect(out.traceparent).not.toContain('b7ad6b7169203331');
    expect(out).toMatchObject({ tracestate: 'a=b', baggage: 'k=v' });
  });

  it('replaces a traceparent that is none', () => {
    for (const bad of [
      '"nonsense"',
      '7',
      'null',
      '{"a":[1]}',
      `"00-${'0'.repeat(32)}-b7ad6b7169203331-01"`,
    ]) {
      const out = splice(`{"id":1,"method":"m","params":{"_meta":{"traceparent":${bad},"z":1}}}`);
      expect(JSON.parse(out).params._meta).toEqual({
        traceparent: expect.stringMatching(pattern),
        z: 1,
      });
    }
  });

  it('touches every request of a batch and nothing else in it', () => {
    const out = JSON.parse(
      splice(
        '[{"id":1,"method":"a"},{"method":"n","params":{}},{"id":2,"result":{}},3,{"id":"x","method":"b","params":{"k":1}}]',
      ),
    );
    expect(out[0].params._meta.traceparent).toMatch(pattern);
    expect(out[4].params._meta.traceparent).toMatch(pattern);
    expect(out.slice(1, 4)).toEqual([{ method: 'n', params: {} }, { id: 2, result: {} }, 3]);
  });

  it.each([
    '{"method":"notifications/initialized"}',
    '{"id":1,"result":{"method":"x"}}',
    '{"id":1,"method":"m","params":[1]}',
    '{"id":1,"method":"m","params":{"_meta":7}}',
    '{"id":null,"method":"m"}',
    '[]',
    'hello {"id":1,"method":"m"}',
    '{"id":1,"method":"m"',
    '{"id":1,"method":"m"}}',
    '{"id":1,"method":7}',
    '',
  ])('leaves %s alone', (text) => {
    expect(splice(text)).toBe(text);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), request, (noise, value) => {
        const text = Buffer.from(JSON.stringify(value));
        const at = text.length > 0 ? (noise[0] ?? 0) % text.length : 0;
        const mixed = Buffer.concat([text.subarray(0, at), noise, text.subarray(at)]);
        const messages = scanMessages(mixed);
        for (const message of messages ?? []) expect(message.end).toBeLessThanOrEqual(mixed.length);
        scanMessages(noise);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the scan', () => {
  it('classifies as JSON.parse would', () => {
    const message = fc.dictionary(
      fc.constantFrom('id', 'method', 'result', 'error', 'params', 'other'),
      fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.constant({ a: [1, '}'] })),
    );
    fc.assert(
      fc.property(message, (value) => {
        const [scanned] = scanMessages(Buffer.from(JSON.stringify(value))) ?? [];
        const hasMethod = typeof value.method === 'string';
        const hasId = value.id !== undefined && value.id !== null;
        const answers = value.result !== undefined || (value.error ?? null) !== null;
        expect(scanned?.kind).toBe(
          hasMethod ? (hasId ? 'request' : 'notification') : answers ? 'response' : 'other',
        );
      }),
    );
  });
});
