import fc from 'fast-check';
import {
  emptyReport,
  type Piece,
  type PieceSource,
  type ReadReport,
} from '../../../../src/core/exchange/piece.js';
import { readPieces } from '../../../../src/core/exchange/readPieces.js';
import { toJsonShape } from '../../../../src/core/exchange/writeJson.js';

/** What a file holds, read in chunks of `size` bytes. */
export async function read(
  content: string | Uint8Array,
  size = 64 * 1024,
): Promise<{ pieces: Piece[]; report: ReadReport }> {
  const report = emptyReport();
  const pieces: Piece[] = [];
  for await (const piece of readPieces(chunksOf(content, size), report)) pieces.push(piece);
  return { pieces, report };
}

export function* chunksOf(content: string | Uint8Array, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(content as Uint8Array);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function sourceOf(pieces: readonly Piece[]): PieceSource {
  return (signal) => pieces.filter((piece) => piece.signal === signal);
}

export async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

/** Each record with what is around it, in an order of its own: how groups are cut says nothing. */
export function recordsOf(pieces: readonly Piece[]): string[] {
  const records: string[] = [];
  for (const piece of pieces) {
    const groups = Object.values(toJsonShape(piece)).flat() as Record<string, unknown>[];
    for (const group of groups) {
      const resource = withoutEmpty(group.resource);
      const scopeGroups = Object.entries(group).filter(([key]) => key.startsWith('scope'));
      for (const scoped of scopeGroups.flatMap(([, list]) => list as Record<string, unknown>[])) {
        const lists = Object.entries(scoped).filter(([key]) => !/scope|schemaUrl/.test(key));
        for (const record of lists.flatMap(([, list]) => list as unknown[])) {
          const scope = withoutEmpty(scoped.scope);
          records.push(JSON.stringify({ signal: piece.signal, resource, scope, record }));
        }
      }
    }
  }
  return records.sort();
}

function withoutEmpty(value: unknown): unknown {
  return value && Object.keys(value).length > 0 ? value : undefined;
}

const id = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((hex) => hex.join(''))
    .filter((hex) => !/^0+$/.test(hex));
const nanos = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const text = fc.string({ unit: 'binary', maxLength: 12 });
// JSON writes -0 as 0.
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => ({ intValue: `${value}` })),
    double.map((doubleValue) => ({ doubleValue })),
    fc.constantFrom('NaN', 'Infinity', '-Infinity').map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => ({
      bytesValue: Buffer.from(bytes).toString('base64'),
    })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 4 });

const span = fc.record(
  {
    traceId: id(32),
    spanId: id(16),
    parentSpanId: id(16),
    traceState: text,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    events: fc.array(fc.record({ timeUnixNano: nanos, name: text, attributes }), { maxLength: 2 }),
    links: fc.array(fc.record({ traceId: id(32), spanId: id(16), attributes }), { maxLength: 2 }),
    status: fc.record({ message: text, code: fc.nat(2) }),
    flags: fc.nat(2 ** 31 - 1),
  },
  { requiredKeys: ['traceId', 'spanId', 'startTimeUnixNano', 'endTimeUnixNano'] },
);
const log = fc.record(
  {
    timeUnixNano: nanos,
    severityNumber: fc.nat(24),
    body: anyValue,
    attributes,
    traceId: id(32),
    spanId: id(16),
    eventName: text,
  },
  { requiredKeys: ['timeUnixNano'] },
);
const point = fc.record({ timeUnixNano: nanos, asDouble: double, attributes });
const metric = fc.record({ name: text, gauge: fc.record({ dataPoints: fc.array(point) }) });

function groups(scopes: string, records: string, record: fc.Arbitrary<unknown>) {
  const scoped = fc.record({
    scope: fc.record({ name: text, version: text }),
    [records]: fc.array(record, { minLength: 1, maxLength: 4 }),
  });
  return fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      [scopes]: fc.array(scoped, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
}

/** Any OTLP JSON document of the three signals. */
export const documents = fc.record({
  resourceSpans: groups('scopeSpans', 'spans', span),
  resourceLogs: groups('scopeLogs', 'logRecords', log),
  resourceMetrics: groups('scopeMetrics', 'metrics', metric),
});

/** The same as `recordsOf`, of a document before anything read it. */
export function recordsIn(document: Record<string, Record<string, unknown>[]>): number {
  return Object.values(document)
    .flat()
    .flatMap((group) => Object.entries(group).filter(([key]) => key.startsWith('scope')))
    .flatMap(([, scoped]) => scoped as Record<string, unknown>[])
    .flatMap((scoped) => Object.entries(scoped).filter(([key]) => key !== 'scope'))
    .flatMap(([, list]) => list).length;
}
