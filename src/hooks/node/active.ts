import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from './call.js';
import type { SpanIds } from './records.js';

/** What runs now: the span under which anything new belongs. */
export interface Active {
  readonly ids: SpanIds;
  /** A context of the OpenTelemetry API that is active here, when there is one. */
  readonly otel: OtelContext | null;
  /** The MCP request that this runs in, when there is one. */
  readonly call: Call | null;
}

/** The part of the OpenTelemetry API's `Context` that is used. */
export interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

export const active = new AsyncLocalStorage<Active>();

/** Whether the SDK's transport is sending right now: what it writes is then the protocol's own. */
export const wire = { isSending: false };
