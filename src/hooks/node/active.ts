import { AsyncLocalStorage } from 'node:async_hooks';
import { randomHex, type SpanIds } from './records.js';

/** What runs now: the span under which anything new belongs. */
export interface Active {
  readonly ids: SpanIds;
  /** A context of the OpenTelemetry API that is active here, when there is one. */
  readonly otel: OtelContext | null;
  /** The MCP request that this runs in, when there is one. */
  readonly request: RequestContext | null;
}

/** The part of the OpenTelemetry API's `Context` that is used. */
export interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

/** One MCP request while it is handled; filled in by what happens inside. */
export interface RequestContext extends SpanIds {
  readonly parentSpanId: string;
  /** Tool or prompt name, or resource URI. */
  readonly name: string;
  /** The function that handled it, once one ran. */
  handler: object | null;
  /** The handler's own span: its ids are made when something first happens below it. */
  handlerIds: SpanIds | null;
  handlerStartMs: number;
  handlerEndMs: number;
  exception: unknown;
  hasException: boolean;
}

export const active = new AsyncLocalStorage<Active>();

/** Ids of the handler's span, from when something first needs them. */
export function handlerIds(request: RequestContext): SpanIds {
  request.handlerIds ??= { traceId: request.traceId, spanId: randomHex(16) };
  return request.handlerIds;
}
