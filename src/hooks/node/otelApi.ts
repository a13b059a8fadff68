/**
 * Spans made through `@opentelemetry/api` in an app that set up no SDK. Nothing is registered with
 * the API, since an SDK that the app sets up later must find the place free; the API's own
 * stand-ins are asked only while they would do nothing.
 */
import { active, type OtelContext } from './active.js';
import { ApiSpan, type SpanOptions } from './apiSpan.js';
import { innermost, registeredApi, remoteSpan, spanKey } from './otelContext.js';
import type { SpanIds } from './records.js';
import type { Telemetry } from './telemetry.js';

type AnyFunction = (...args: never[]) => unknown;

interface ProxyTracer {
  readonly name: string;
  readonly version?: string;
  _delegate?: unknown;
  _getTracer(): unknown;
}

interface Api {
  readonly ROOT_CONTEXT?: OtelContext;
  readonly ProxyTracer?: { readonly prototype: ProxyTracer };
  readonly context?: { active(): OtelContext };
}

/** Takes the exports of a copy of the API; does nothing for any other module. */
export function joinOpenTelemetry(exports: Api, telemetry: Telemetry): void {
  const { ROOT_CONTEXT: root, ProxyTracer, context } = exports;
  if (!root || !ProxyTracer || !context) return;
  const manager = new HookContextManager(root);
  const holder = Object.getPrototypeOf(context) as { _getContextManager?: () => unknown };
  const getManager = holder._getContextManager;
  if (!getManager) return;
  holder._getContextManager = function () {
    return registeredApi().context ? getManager.call(this) : manager;
  };
  const { prototype } = ProxyTracer;
  const getTracer = prototype._getTracer;
  prototype._getTracer = function () {
    const tracer = getTracer.call(this);
    if (this._delegate || registeredApi().trace) return tracer;
    return new HookTracer(telemetry, manager, context, this.name, this.version ?? '');
  };
}

/** The API's context, carried by the hook's own store, so that both always agree. */
class HookContextManager {
  constructor(private readonly root: OtelContext) {}

  active(): OtelContext {
    const store = active.getStore();
    if (!store) return this.root;
    return (
      store.otel ??
      this.root.setValue(
        spanKey,
        remoteSpan(() => innermost(store)),
      )
    );
  }

  with(context: OtelContext, fn: AnyFunction, thisArg?: unknown, ...args: unknown[]): unknown {
    const run = (): unknown => Reflect.apply(fn, thisArg, args);
    const outer = active.getStore();
    const ids = idsOf(context) ?? outer?.ids;
    if (!ids) return run();
    return active.run({ ids, otel: context, call: outer?.call ?? null }, run);
  }

  bind(context: OtelContext, target: unknown): unknown {
    if (typeof target !== 'function') return target;
    return new Proxy(target, {
      apply: (fn, self, args) => this.with(context, fn as AnyFunction, self, ...args),
    });
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

class HookTracer {
  constructor(
    private readonly telemetry: Telemetry,
    private readonly manager: HookContextManager,
    private readonly context: { active(): OtelContext },
    private readonly name: string,
    private readonly version: string,
  ) {}

  startSpan(name: string, options: SpanOptions = {}, context = this.context.active()): ApiSpan {
    const parent = options.root ? null : idsOf(context);
    return new ApiSpan(
      this.telemetry,
      { name: this.name, version: this.version },
      name,
      options,
      parent,
    );
  }

  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.pop() as (span: ApiSpan) => unknown;
    if (typeof fn !== 'function') return undefined;
    const options = (rest[0] ?? {}) as SpanOptions;
    const parent = (rest[1] as OtelContext | undefined) ?? this.context.active();
    const span = this.startSpan(name, options, parent);
    return this.manager.with(parent.setValue(spanKey, span), fn as AnyFunction, undefined, span);
  }
}

function idsOf(context: OtelContext): SpanIds | null {
  const span = context.getValue(spanKey) as { spanContext?(): SpanIds } | undefined;
  const ids = span?.spanContext?.();
  return ids && !/^0*$/.test(ids.traceId) ? ids : null;
}
