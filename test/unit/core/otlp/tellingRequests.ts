import { createRequire } from 'node:module';
import fc from 'fast-check';
import { decodeTraces } from '../../../../src/core/otlp/decodeTraces.js';
import { Interner } from '../../../../src/core/otlp/interner.js';
import { traces } from '../../../../src/core/otlp/schema.js';
import { toHex } from '../../../../src/core/otlp/text.js';
import { TraceBatch } from '../../../../src/core/otlp/traceBatch.js';
import { encodeMessage } from '../../../../src/core/otlp/writeMessage.js';

export interface GeneratedClass {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): GeneratedRequest;
  fromObject(value: object): object;
  encode(message: object): { finish(): Uint8Array };
}
export interface GeneratedRequest {
  resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
}
/** The class that protobufjs generated from opentelemetry-proto. */
export const generated = (
  createRequire(import.meta.url)('otlp-oracle/build/src/generated/root.js') as {
    opentelemetry: {
      proto: { collector: { trace: { v1: { ExportTraceServiceRequest: GeneratedClass } } } };
    };
  }
).opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

export const hexId = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => {
    id[0] = (id[0] ?? 0) | 1;
    return toHex(id);
  });
export const nanos = fc.bigInt(0n, 2n ** 64n - 1n).map(String);
export const anyValue = fc.letrec((tie) => ({
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
export const attributes = fc.array(
  fc.record({
    key: fc.oneof(fc.string(), fc.constantFrom('mcp.method.name', '__proto__', 'error.type')),
    value: anyValue,
  }),
  { maxLength: 5 },
);
export const span = fc.record(
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
export const request = fc.array(span, { maxLength: 6 }).map((spans) => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: 'lib' }, spans }],
      schemaUrl: 'u',
    },
  ],
}));

export function decode(bytes: Uint8Array): { batch: TraceBatch; names: Interner } {
  const names = new Interner();
  const batch = new TraceBatch();
  decodeTraces(bytes, names, batch);
  return { batch, names };
}

export function encode(value: object): Uint8Array {
  return encodeMessage(traces.request, value, { count: 0, firstReason: null });
}

export const oneSpan = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'a',
};
export function requestWith(...spans: object[]): object {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

export function wrap(bytes: Buffer, tag: number): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
}
