/** The OpenTelemetry API's own active context, so that an SDK of the app nests below the call. */
import { type Active, active, type OtelContext } from './active.js';
import type { SpanIds } from './records.js';

/** `createContextKey('OpenTelemetry Context Key SPAN')` of every version of the API. */
export const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');
const apiKey = Symbol.for('opentelemetry.js.api.1');

interface ContextManager {
  active(): OtelContext;
  with<T>(context: OtelContext, fn: () => T): T;
}

/** What an SDK registered with the API; empty when the app set up none. */
export function registeredApi(): { context?: ContextManager; trace?: unknown } {
  return (
    (globalThis as Record<symbol, { context?: ContextManager; trace?: unknown } | undefined>)[
      apiKey
    ] ?? {}
  );
}

/** Runs a step below a span, in the hook's context and, where the app has one, in its SDK's. */
export function runInSdk<T>(store: Active, step: () => T): T {
  const manager = registeredApi().context;
  if (!manager) return active.run(store, step);
  return active.run(store, () => {
    const current = manager.active();
    const span = current.getValue(spanKey) as { spanContext?(): SpanIds } | undefined;
    const ambient = span?.spanContext?.();
    // An own instrumentation that continued another trace is left alone.
    if (ambient && ambient.traceId !== store.ids.traceId && !/^0+$/.test(ambient.traceId))
      return step();
    return manager.with(current.setValue(spanKey, remoteSpan(store.ids)), step);
  });
}

/** A span that only passes its ids on: the API's own kind for a remote parent. */
export function remoteSpan(ids: SpanIds): object {
  const span = {
    spanContext: () => ({
      traceId: ids.traceId,
      spanId: ids.spanId,
      traceFlags: 1,
      isRemote: true,
    }),
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    recordException: () => {},
    end: () => {},
    isRecording: () => false,
  };
  return span;
}
