/** Wraps what an MCP SDK is given: handlers as they are registered, requests as they arrive. */
import { attr, own, scopes } from '../../core/mcp/conventions.js';
import type { Attributes } from '../../core/trace/model.js';
import { active, handlerIds, type RequestContext } from './active.js';
import { describeError, exceptionEvent } from './errors.js';
import { registeredApi, runInSdk } from './otelContext.js';
import type { HandlerKind, Places } from './places.js';
import { nowMs, randomHex, type SpanRecord } from './records.js';
import type { Telemetry } from './telemetry.js';

type AnyFunction = (...args: unknown[]) => unknown;
type Prototype = Record<string, unknown>;

const patched = Symbol('spanpath.patched');
/** Private methods of `McpServer` through which every registration goes; the handler comes last. */
const registrations: readonly (readonly [method: string, kind: HandlerKind, uriAt: number])[] = [
  ['_createRegisteredTool', 'tool', -1],
  ['_createRegisteredPrompt', 'prompt', -1],
  ['_createRegisteredResource', 'resource', 2],
  ['_createRegisteredResourceTemplate', 'resource', 2],
];
const requestKinds: Record<string, HandlerKind> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
};

export class SdkHook {
  /** `onFound` is called when the first class of an SDK was seen. */
  constructor(
    private readonly telemetry: Telemetry,
    private readonly places: Places,
    private readonly onFound: () => void,
  ) {}

  /** Takes the exports of a module of an SDK. */
  patch(exports: object): void {
    const { McpServer, Server } = exports as Record<string, { prototype?: Prototype } | undefined>;
    if (McpServer?.prototype) this.patchMcpServer(McpServer.prototype);
    if (Server?.prototype) this.patchServer(Server.prototype);
  }

  private patchMcpServer(prototype: Prototype): void {
    if (Object.hasOwn(prototype, patched)) return;
    this.mark(prototype);
    for (const [method, kind, uriAt] of registrations) {
      replace(prototype, method, (original) => {
        const hook = this;
        return function (this: unknown, ...args) {
          const handler = args.at(-1);
          if (typeof handler !== 'function' && (typeof handler !== 'object' || handler === null)) {
            return Reflect.apply(original, this, args);
          }
          hook.places.note(handler, kind, String(args[0]), uriAt < 0 ? '' : uriText(args[uriAt]));
          args[args.length - 1] = hook.wrapHandler(handler);
          const registered = Reflect.apply(original, this, args);
          hook.watchUpdates(registered, kind, String(args[0]));
          return registered;
        };
      });
    }
  }

  private patchServer(prototype: Prototype): void {
    if (Object.hasOwn(prototype, patched)) return;
    this.mark(prototype);
    const hook = this;
    replace(
      prototype,
      'setRequestHandler',
      (original) =>
        function (this: unknown, ...args) {
          const method = methodOf(args[0]);
          const handler = args.at(-1);
          if (Object.hasOwn(requestKinds, method) && typeof handler === 'function') {
            args[args.length - 1] = hook.wrapRequest(method, handler as AnyFunction);
          }
          return Reflect.apply(original, this, args);
        },
    );
  }

  private mark(prototype: Prototype): void {
    Object.defineProperty(prototype, patched, { value: true });
    this.onFound();
  }

  /** A later `update({ callback })` brings a new handler. */
  private watchUpdates(registered: unknown, kind: HandlerKind, name: string): void {
    const holder = registered as { update?: AnyFunction } | null;
    if (typeof holder?.update !== 'function') return;
    const hook = this;
    replace(
      holder as Prototype,
      'update',
      (original) =>
        function (this: unknown, ...args) {
          const updates = args[0] as { callback?: unknown } | undefined;
          const callback = updates?.callback;
          if (typeof callback === 'function') {
            hook.places.note(callback, kind, name, '');
            args[0] = { ...updates, callback: hook.wrapHandler(callback) };
          }
          return Reflect.apply(original, this, args);
        },
    );
  }

  /** The same handler to look at; when it is called, the request learns which one it was. */
  private wrapHandler(handler: object): object {
    const hook = this;
    if (typeof handler === 'function') {
      return new Proxy(handler, {
        apply: (target, self, args) => hook.runHandler(target, target as AnyFunction, self, args),
      });
    }
    return new Proxy(handler, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
        const isFixed = descriptor?.configurable === false && descriptor.writable === false;
        if (key !== 'createTask' || typeof value !== 'function' || isFixed) return value;
        return (...args: unknown[]) => hook.runHandler(target, value as AnyFunction, target, args);
      },
    });
  }

  private runHandler(handler: object, run: AnyFunction, self: unknown, args: unknown[]): unknown {
    const request = active.getStore()?.request;
    if (!request) return Reflect.apply(run, self, args);
    request.handler = handler;
    request.handlerStartMs = nowMs();
    const end = (): void => {
      request.handlerEndMs = nowMs();
    };
    const fail = (error: unknown): void => {
      end();
      request.exception = error;
      request.hasException = true;
    };
    const step = (): unknown => settle(() => Reflect.apply(run, self, args), end, fail);
    // What an SDK of the app nests below the handler cannot be seen from here.
    return registeredApi().context
      ? runInSdk({ ids: handlerIds(request), otel: null, request }, step)
      : step();
  }

  private wrapRequest(method: string, handler: AnyFunction): AnyFunction {
    const hook = this;
    return new Proxy(handler, {
      apply(target, self, args: unknown[]) {
        let context: RequestContext;
        try {
          context = openRequest(method, args);
        } catch {
          return Reflect.apply(target, self, args);
        }
        const startMs = nowMs();
        const { name } = context;
        const end = (result: unknown, error: unknown, hasError: boolean): void => {
          const endMs = nowMs();
          // The result may be large: it is looked at now, not kept until the batch is sent.
          const isToolError = (result as { isError?: unknown } | undefined)?.isError === true;
          if (tellsMore(context, endMs - startMs)) {
            hook.telemetry.addSpan(() => hook.handlerSpan(context));
          }
          hook.telemetry.addSpan(() =>
            hook.requestSpan(context, handler, {
              method,
              name,
              startMs,
              endMs,
              isToolError,
              error,
              hasError,
            }),
          );
        };
        return runInSdk({ ids: context, otel: null, request: context }, () =>
          settle(
            () => Reflect.apply(target, self, args),
            (result) => end(result, undefined, false),
            (error) => end(undefined, error, true),
          ),
        );
      },
    });
  }

  private handlerSpan(request: RequestContext): SpanRecord {
    const place = request.handler ? this.places.of(request.handler) : null;
    const { exception, hasException, handlerEndMs } = request;
    return {
      ...handlerIds(request),
      parentSpanId: request.spanId,
      name: place?.functionName || request.name,
      kind: 1,
      startMs: request.handlerStartMs,
      endMs: handlerEndMs,
      attributes: place ? [place.attributes] : [],
      events: hasException ? [exceptionEvent(exception, handlerEndMs)] : [],
      links: [],
      status: hasException
        ? { code: 2, message: describeError(exception) }
        : { code: 0, message: '' },
      scope: scopes.nodeHook,
      scopeVersion: '',
    };
  }

  private requestSpan(
    context: RequestContext,
    lowLevel: object,
    call: {
      method: string;
      name: string;
      startMs: number;
      endMs: number;
      isToolError: boolean;
      error: unknown;
      hasError: boolean;
    },
  ): SpanRecord {
    const { method, name, startMs, endMs, isToolError, hasError } = call;
    const place = context.handler
      ? this.places.of(context.handler)
      : this.places.ofDispatcher(lowLevel);
    const exception = context.hasException ? context.exception : call.error;
    const hasException = context.hasException || hasError;
    const code = (call.error as { code?: unknown } | undefined)?.code;
    const errorType = isToolError ? 'tool_error' : hasError ? String(code ?? '_OTHER') : '';
    const isHandled = context.handler !== null;
    return {
      traceId: context.traceId,
      spanId: context.spanId,
      parentSpanId: context.parentSpanId,
      name: name ? `${method} ${name}` : method,
      kind: 2,
      startMs,
      endMs,
      attributes: [
        requestAttributes(method, name),
        ...(place ? [place.attributes] : []),
        ...(errorType ? [{ [attr.errorType]: errorType }] : []),
      ],
      // With a span for the handler the exception stands there.
      events: hasException && !isHandled ? [exceptionEvent(exception, endMs)] : [],
      links: [],
      status: errorType
        ? { code: 2, message: hasException ? describeError(exception) : '' }
        : { code: 0, message: '' },
      scope: scopes.nodeHook,
      scopeVersion: '',
    };
  }
}

const targetKeys: Record<string, string> = {
  'tools/call': attr.toolName,
  'prompts/get': attr.promptName,
  'resources/read': attr.mcpResourceUri,
};
const maxKnown = 1000;
const knownAttributes = new Map<string, Attributes>();

/** The same object for the same method and name, so that it is encoded once. */
function requestAttributes(method: string, name: string): Attributes {
  const key = `${method} ${name}`;
  const known = knownAttributes.get(key);
  if (known) return known;
  const target = targetKeys[method];
  const made: Attributes = {
    [attr.mcpMethod]: method,
    ...(target && name ? { [target]: name } : {}),
    ...(method === 'tools/call' ? { [attr.operationName]: 'execute_tool' } : {}),
    [own.handlerSource]: 'measured',
  };
  // Names come from the client: they must not fill the memory.
  if (knownAttributes.size < maxKnown) knownAttributes.set(key, made);
  return made;
}

/** `_meta` is on the request; SDK 2.x lifts it into its context. */
function openRequest(method: string, args: readonly unknown[]): RequestContext {
  const request = args[0] as { params?: { _meta?: { traceparent?: unknown } } } | undefined;
  const extra = args[1] as
    | { _meta?: { traceparent?: unknown }; mcpReq?: { _meta?: { traceparent?: unknown } } }
    | undefined;
  const header =
    request?.params?._meta?.traceparent ??
    extra?._meta?.traceparent ??
    extra?.mcpReq?._meta?.traceparent;
  const found =
    typeof header === 'string' ? /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(header) : null;
  return {
    traceId: found?.[1] ?? randomHex(32),
    spanId: randomHex(16),
    parentSpanId: found?.[2] ?? '',
    name: nameOf(method, args[0]),
    handler: null,
    handlerIds: null,
    handlerStartMs: 0,
    handlerEndMs: 0,
    exception: undefined,
    hasException: false,
  };
}

/** Time outside the handler, in ms, from which on its own span says something. */
const notableMs = 1;

/** A span for the handler only where it is more than the request over again: every one costs. */
function tellsMore(request: RequestContext, requestMs: number): boolean {
  if (!request.handler) return false;
  const handlerMs = request.handlerEndMs - request.handlerStartMs;
  return request.handlerIds !== null || request.hasException || requestMs - handlerMs > notableMs;
}

function nameOf(method: string, request: unknown): string {
  const params = (request as { params?: { name?: unknown; uri?: unknown } } | undefined)?.params;
  const name = method === 'resources/read' ? params?.uri : params?.name;
  return typeof name === 'string' ? name : '';
}

/** SDK 2.x names the method; 1.x gives a schema whose `method` is a literal of zod 3 or 4. */
function methodOf(schema: unknown): string {
  if (typeof schema === 'string') return schema;
  const shape = (schema as { shape?: unknown; _def?: { shape?: unknown } } | undefined)?.shape;
  const fields = (typeof shape === 'function' ? shape() : shape) as
    | { method?: { value?: unknown; _def?: { value?: unknown; values?: unknown[] } } }
    | undefined;
  const method = fields?.method;
  const value = method?.value ?? method?._def?.value ?? method?._def?.values?.[0];
  return typeof value === 'string' ? value : '';
}

function uriText(value: unknown): string {
  if (typeof value === 'string') return value;
  const template = (value as { uriTemplate?: unknown } | undefined)?.uriTemplate;
  return template === undefined ? '' : String(template);
}

/** Runs and watches the end, whatever kind of result there is; result and error pass untouched. */
function settle(
  run: () => unknown,
  done: (result: unknown) => void,
  failed: (error: unknown) => void,
): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    failed(error);
    throw error;
  }
  if (result instanceof Promise) {
    // The original is returned; this branch of it is handled, so it can raise nothing.
    result.then(done, failed);
  } else {
    done(result);
  }
  return result;
}

/** Replaces a method and keeps how it looks: name, length, not enumerable where it was not. */
function replace(
  holder: Prototype,
  key: string,
  make: (original: AnyFunction) => AnyFunction,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key) ?? inherited(holder, key);
  const original = descriptor?.value;
  if (!descriptor || typeof original !== 'function') return;
  const made = make(original);
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(made, property, { value: original[property], configurable: true });
  }
  Object.defineProperty(holder, key, { ...descriptor, value: made });
}

function inherited(holder: object, key: string): PropertyDescriptor | undefined {
  const parent = Object.getPrototypeOf(holder) as object | null;
  return parent
    ? (Object.getOwnPropertyDescriptor(parent, key) ?? inherited(parent, key))
    : undefined;
}
