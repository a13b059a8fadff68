/**
 * Watches what an MCP SDK is given and what it answers. Nothing of the hook is on the stack while a
 * handler runs and no promise of a handler gets a further reaction: its errors look as they would
 * without the hook.
 */
import { active, wire } from './active.js';
import { type Answer, Call, isWatchedRequest, type Request } from './call.js';
import { callHidden, nameAs } from './hidden.js';
import { runInSdk } from './otelContext.js';
import type { HandlerKind, Places } from './places.js';
import type { Telemetry } from './telemetry.js';

type AnyFunction = (...args: unknown[]) => unknown;
type Prototype = Record<string, unknown>;

/** What the SDK's `Protocol` keeps, in all versions. */
interface Protocol {
  readonly _transport?: Prototype;
  readonly _requestHandlerAbortControllers?: Prototype;
}

/** What each request needs of its server, found by one look. */
interface WatchedServer {
  /** Low-level handlers by method. */
  readonly dispatchers: Map<string, object>;
  /** Those whose ends are watched: a server that is closed may be connected again. */
  transport: Prototype | undefined;
  controllers: Prototype | undefined;
}

const patched = Symbol('spanpath.patched');
interface Registration {
  readonly kind: HandlerKind;
  /** Where in the arguments; none: -1. The last: `Infinity`. */
  readonly uriAt: number;
  readonly handlerAt: number;
}

const last = Number.POSITIVE_INFINITY;
const tool: Registration = { kind: 'tool', uriAt: -1, handlerAt: last };
const resource: Registration = { kind: 'resource', uriAt: 2, handlerAt: last };
/** Private methods of `McpServer` through which every registration goes. */
const registrations: Readonly<Record<string, Registration>> = {
  _createRegisteredTool: tool,
  // Since 2.0 more follows its handler.
  _createRegisteredPrompt: { kind: 'prompt', uriAt: -1, handlerAt: 4 },
  _createRegisteredResource: resource,
  _createRegisteredResourceTemplate: resource,
};
/** Of the kinds for which there is none yet: 1.13 was the first to have them all. */
const publicRegistrations: Readonly<Record<string, Registration>> = {
  tool,
  prompt: { kind: 'prompt', uriAt: -1, handlerAt: last },
  resource: { ...resource, uriAt: 1 },
};

/** The methods through which registrations go in this version, each of them once. */
function registrationsOf(prototype: Prototype): [method: string, how: Registration][] {
  const own = Object.entries(registrations).filter(([method]) => method in prototype);
  const kinds = new Set(own.map(([, { kind }]) => kind));
  const open = Object.entries(publicRegistrations).filter(([, { kind }]) => !kinds.has(kind));
  return [...own, ...open];
}

export class SdkHook {
  private readonly servers = new WeakMap<object, WatchedServer>();
  /** Requests that have not ended. */
  private open = 0;

  /** `onFound` is called when the first class of an SDK was seen. */
  constructor(
    private readonly telemetry: Telemetry,
    private readonly places: Places,
    private readonly onFound: () => void,
    private readonly onFailure: (what: string, error?: unknown) => void,
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
    for (const [method, { kind, uriAt, handlerAt }] of registrationsOf(prototype)) {
      replace(prototype, method, (original) => {
        const hook = this;
        return function (this: unknown, ...args) {
          const at = Math.min(handlerAt, args.length - 1);
          const handler = args[at];
          if (typeof handler !== 'function' && (typeof handler !== 'object' || handler === null)) {
            return callHidden(original, this, args);
          }
          hook.places.note(handler, kind, String(args[0]), uriAt < 0 ? '' : uriText(args[uriAt]));
          args[at] = watchHandler(handler);
          const registered = callHidden(original, this, args);
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
    if (!('_onrequest' in prototype)) {
      this.onFailure('this version of the SDK handles requests in a way that is not known');
    }
    replace(
      prototype,
      'setRequestHandler',
      (original) =>
        function (this: unknown, ...args) {
          const method = methodOf(args[0]);
          const handler = args.at(-1);
          if (isWatchedRequest(method) && typeof handler === 'function') {
            hook.watch(this as Protocol).dispatchers.set(method, handler);
            hook.places.noteDispatcher(handler, method);
          }
          return callHidden(original, this, args);
        },
    );
    // The SDK runs handlers as reactions, with the context that is active here; by then this has
    // returned.
    replace(
      prototype,
      '_onrequest',
      (original) =>
        function (this: unknown, ...args) {
          const call = hook.begin(this as Protocol, args[0] as Request);
          return call ? runInSdk(call, original, this, args) : Reflect.apply(original, this, args);
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
            args[0] = { ...updates, callback: watchHandler(callback) };
          }
          return callHidden(original, this, args);
        },
    );
  }

  private begin(protocol: Protocol, request: Request): Call | null {
    try {
      if (!isWatchedRequest(request.method)) return null;
      const server = this.watch(protocol);
      this.watchEnds(protocol, server);
      const call = new Call(request, this.places, server.dispatchers.get(request.method));
      this.open++;
      return call;
    } catch (error) {
      this.onFailure('a request could not be watched', error);
      return null;
    }
  }

  private watch(protocol: Protocol): WatchedServer {
    const known = this.servers.get(protocol);
    if (known) return known;
    const made = { dispatchers: new Map(), transport: undefined, controllers: undefined };
    this.servers.set(protocol, made);
    return made;
  }

  /**
   * A request ends with its answer, which the transport is given; one that has none (cancelled, or
   * put into a task's queue) when the SDK drops its abort controller, which it always does last.
   */
  private watchEnds(protocol: Protocol, server: WatchedServer): void {
    const { _transport: transport, _requestHandlerAbortControllers: controllers } = protocol;
    if (transport && transport !== server.transport) {
      server.transport = transport;
      if (!Object.hasOwn(transport, patched)) this.beforeSend(transport);
    }
    if (controllers && controllers !== server.controllers) {
      server.controllers = controllers;
      if (!Object.hasOwn(controllers, patched)) this.beforeDelete(controllers);
    }
  }

  private end(call: Call, answer: Answer | null): void {
    this.open--;
    call.end(answer);
    this.telemetry.add(call);
  }

  private beforeSend(transport: Prototype): void {
    const hook = this;
    Object.defineProperty(transport, patched, { value: true });
    replace(
      transport,
      'send',
      (original) =>
        function (this: unknown, ...args) {
          const call = active.getStore()?.call;
          if (call && !call.hasEnded) {
            const answer = args[0] as Answer | undefined;
            const isAnswer = answer && ('result' in answer || 'error' in answer);
            if (isAnswer && answer.id === call.id) hook.end(call, answer);
          }
          wire.isSending = true;
          try {
            return Reflect.apply(original, this, args);
          } finally {
            wire.isSending = false;
          }
        },
    );
  }

  private beforeDelete(controllers: Prototype): void {
    const hook = this;
    Object.defineProperty(controllers, patched, { value: true });
    replace(
      controllers,
      'delete',
      (original) =>
        function (this: unknown, ...args) {
          const call = hook.open > 0 ? active.getStore()?.call : null;
          if (call && !call.hasEnded && args[0] === call.id) hook.end(call, null);
          return Reflect.apply(original, this, args);
        },
    );
  }
}

/** What a handler threw, told of by the line that was added where the SDK catches it. */
export function noteThrown(error: unknown): void {
  active.getStore()?.call?.fail(error);
}

/**
 * The same handler to look at; when it is called, the request learns which one it was. The trap is
 * a getter that returns `Reflect.apply`: V8 calls the handler from there without a frame of ours.
 */
function watchHandler(handler: object): object {
  if (typeof handler === 'function') return watchCalls(handler, handler);
  return new Proxy(handler, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
      const isFixed = descriptor?.configurable === false && descriptor.writable === false;
      return key === 'createTask' && typeof value === 'function' && !isFixed
        ? watchCalls(value, target)
        : value;
    },
  });
}

function watchCalls(run: object, handler: object): object {
  return new Proxy(run, {
    get apply() {
      active.getStore()?.call?.begin(handler);
      return Reflect.apply as (target: object, self: unknown, args: unknown[]) => unknown;
    },
  });
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

/** Replaces a method and keeps how it looks: name, length, not enumerable where it was not. */
function replace(
  holder: Prototype,
  key: string,
  make: (original: AnyFunction) => AnyFunction,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key) ?? inherited(holder, key);
  const original = descriptor?.value;
  if (!descriptor || typeof original !== 'function') return;
  Object.defineProperty(holder, key, { ...descriptor, value: nameAs(make(original), original) });
}

function inherited(holder: object, key: string): PropertyDescriptor | undefined {
  const parent = Object.getPrototypeOf(holder) as object | null;
  return parent
    ? (Object.getOwnPropertyDescriptor(parent, key) ?? inherited(parent, key))
    : undefined;
}
