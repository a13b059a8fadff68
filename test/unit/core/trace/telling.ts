import { decodeTraces } from '../../../../src/core/otlp/decodeTraces.js';
import { toKeyValues } from '../../../../src/core/otlp/encodeSpan.js';
import { traces } from '../../../../src/core/otlp/schema.js';
import { TraceBatch } from '../../../../src/core/otlp/traceBatch.js';
import { encodeMessage } from '../../../../src/core/otlp/writeMessage.js';
import type { Attributes } from '../../../../src/core/trace/model.js';
import { SpanIndex } from '../../../../src/core/trace/spanIndex.js';

/** A span told in short; times in ms after the start of the test's day. */
export interface Told {
  readonly id: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly start?: number;
  readonly duration?: number;
  readonly scope?: string;
  /** `service.name`; another one is another process. */
  readonly service?: string;
  readonly attributes?: Attributes;
  readonly status?: 0 | 1 | 2;
  readonly events?: readonly { name: string; at: number; attributes?: Attributes }[];
}

export const dayNanos = 1_790_000_000_000_000_000n;
export const theTrace = '4bf92f3577b34da6a3ce929d0e0e4736';

/** `a` → a whole span id. */
export function spanId(short: string): string {
  let digits = '';
  for (const char of short) digits += char.charCodeAt(0).toString(16).padStart(2, '0');
  return digits.padEnd(16, '0').slice(0, 16);
}

/** The OTLP/JSON request that tells one span. */
export function requestOf(told: Told): object {
  const { start = 0, duration = 10, service = 'weather' } = told;
  const at = (ms: number): string => String(dayNanos + BigInt(Math.round(ms * 1e6)));
  const span = {
    traceId: told.trace ?? theTrace,
    spanId: spanId(told.id),
    ...(told.parent === undefined ? {} : { parentSpanId: spanId(told.parent) }),
    name: told.name ?? told.id,
    kind: told.kind ?? 1,
    startTimeUnixNano: at(start),
    endTimeUnixNano: at(start + duration),
    attributes: toKeyValues(told.attributes ?? {}),
    events: (told.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: at(event.at),
      attributes: toKeyValues(event.attributes ?? {}),
    })),
    status: { code: told.status ?? 0 },
  };
  const resource = { attributes: toKeyValues({ 'service.name': service }) };
  const scope = { name: told.scope ?? '' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] };
}

export function encodeTold(told: Told): Uint8Array<ArrayBuffer> {
  return encodeMessage(traces.request, requestOf(told), { count: 0, firstReason: null });
}

/** An index that was told spans one by one, in this order. */
export function indexOf(spans: readonly Told[]): SpanIndex {
  const index = new SpanIndex();
  const tell = teller(index);
  for (const told of spans) tell(told);
  return index;
}

/** What tells an index one span after the other. */
export function teller(index: SpanIndex): (told: Told) => void {
  const batch = new TraceBatch();
  const services: string[] = [];
  let chunk = 0;
  return (told) => {
    decodeTraces(encodeTold(told), index.names, batch);
    const service = told.service ?? 'weather';
    if (!services.includes(service)) services.push(service);
    index.classifier.scopeName = told.scope ?? '';
    index.add(batch, 0, { chunk: ++chunk, at: 0, resource: services.indexOf(service), scope: 0 });
  };
}

export function slotOf(index: SpanIndex, id: string, trace = theTrace): number {
  return index.find({ traceId: trace, spanId: spanId(id) });
}

/** Every order of a list. */
export function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, place) =>
    permutations([...list.slice(0, place), ...list.slice(place + 1)]).map((rest) => [
      first,
      ...rest,
    ]),
  );
}

/** What every MCP call has. */
export function mcp(tool: string, extra: Attributes = {}): Attributes {
  return { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': tool, ...extra };
}
