/** The OpenTelemetry API's own active context, so that an SDK of the app nests below the call. */
import { type Active, active, type OtelContext } from './active.js';
import type { SpanIds } from './records.js';

/** `createContextKey('OpenTelemetry Context Key SPAN')` of every version of the API. */
export const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');
/** `SpanKind.CLIENT` as the API counts; OTLP counts from one more. */
const apiClientKind = 2;
const apiKey = Symbol.for('opentelemetry.js.api.1');

type AnyFunction = (...args: unknown[]) => unknown;

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

/** The span under which something that happens now belongs; null outside of everything. */
export function parentIds(): SpanIds | null {
  const store = active.getStore();
  if (!store) return null;
  const inner = innerSpan(store.ids.traceId);
  if (inner) return inner;
  return innermost(store);
}

/** A span inside of which this runs: where it is the request itself, the handler once one began. */
export function innermost({ ids, call }: Active): SpanIds {
  return call && ids === call ? call.innermost : ids;
}

/** A span of the app's own SDK that is active in the same trace and will be exported. */
function innerSpan(traceId: string): SpanIds | null {
  const span = registeredApi().context?.active().getValue(spanKey) as
    | { spanContext?(): SpanIds & { traceFlags?: number } }
    | undefined;
  const context = span?.spanContext?.();
  const isSampled = ((context?.traceFlags ?? 0) & 1) === 1;
  return context && isSampled && context.traceId === traceId ? context : null;
}

/** Whether the app itself tells of the HTTP request under way: the active span is its client span. */
export function isHttpTold(): boolean {
  const span = registeredApi().context?.active().getValue(spanKey) as
    | { kind?: number; attributes?: Record<string, unknown> }
    | undefined;
  const { attributes } = span ?? {};
  return (
    span?.kind === apiClientKind &&
    !!attributes &&
    ('http.request.method' in attributes || 'http.method' in attributes)
  );
}

const apply: (fn: AnyFunction, self: unknown, args: readonly unknown[]) => unknown = Reflect.apply;

/** Calls a function below a span, in the hook's context and, where the app has one, in its SDK's. */
export function runInSdk(
  store: Active,
  fn: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): unknown {
  const manager = (globalThis as Record<symbol, { context?: ContextManager } | undefined>)[apiKey]
    ?.context;
  if (!manager) return active.run(store, apply, fn, self, args);
  const step = (): unknown => Reflect.apply(fn, self, args);
  return active.run(store, () => {
    const current = manager.active();
    const span = current.getValue(spanKey) as { spanContext?(): SpanIds } | undefined;
    const ambient = span?.spanContext?.();
    // An own instrumentation that continued another trace is left alone.
    if (ambient && ambient.traceId !== store.ids.traceId && !/^0+$/.test(ambient.traceId))
      return step();
    return manager.with(
      current.setValue(
        spanKey,
        remoteSpan(() => innermost(store)),
      ),
      step,
    );
  });
}

/**
 * A span that only passes its ids on: the API's own kind for a remote parent. They are asked for
 * when they are needed: by then it may be clear which handler runs.
 */
export function remoteSpan(read: () => SpanIds): object {
  const span = {
    spanContext: () => {
      const { traceId, spanId } = read();
      return { traceId, spanId, traceFlags: 1, isRemote: true };
    },
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
