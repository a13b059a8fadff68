/** Where the functions that were registered as handlers stand in the source. */
import { attr, eventNames, own } from '../../core/mcp/conventions.js';
import type { Attributes } from '../../core/trace/model.js';
import { readFunctionPlaces, type ScriptPlace } from './functionPlaces.js';
import { nowMs } from './records.js';
import { nameSite, readCallers } from './stack.js';
import type { Telemetry } from './telemetry.js';

export type HandlerKind = 'tool' | 'prompt' | 'resource';

export interface Place {
  readonly functionName: string;
  /** As what it was first registered; '' where that is not known. */
  readonly registeredName: string;
  /** `code.*`, the same object for every call. */
  readonly attributes: Attributes;
  /** The first line, which only the report of the handler carries. */
  readonly text: string;
}

interface Noted {
  readonly handler: object;
  readonly kind: HandlerKind;
  readonly name: string;
  readonly uri: string;
}

/** A server that makes a new `McpServer` a request registers the same handlers again and again. */
const maxReports = 20_000;
const maxFirsts = 5000;
const maxKeyText = 1000;
/**
 * So long after the first of them handlers are looked up: asking V8 takes tens of milliseconds, and
 * a server that starts has better things to do. A call that needs a place sooner asks for itself.
 */
const lookAfterMs = 400;

export class Places {
  private readonly known = new WeakMap<object, Place | null>();
  private readonly registeredFrom = new WeakMap<object, readonly string[]>();
  private readonly registeredAs = new WeakMap<object, string>();
  private readonly dispatchers = new WeakMap<object, Place | null>();
  /** Of handlers that one piece of code makes again and again, the first stands for all. */
  private readonly firsts = new Map<string, object>();
  private readonly firstOf = new WeakMap<object, object>();
  private waiting: Noted[] = [];
  private readonly reported = new Set<string>();

  constructor(private readonly telemetry: Telemetry) {
    telemetry.onFlush((isLast) => isLast && this.report());
  }

  /** A handler was registered; it is looked up and reported soon. */
  note(handler: object, kind: HandlerKind, name: string, uri: string): void {
    if (!this.isFirst(handler, `${kind} ${name}`, this.note)) return;
    // Most handlers stand in the file that is registering them right now.
    this.registeredFrom.set(handler, [...new Set(readCallers(this.note).map(({ file }) => file))]);
    if (!this.registeredAs.has(handler)) this.registeredAs.set(handler, name);
    if (this.waiting.length === 0) setTimeout(() => this.report(), lookAfterMs).unref();
    this.waiting.push({ handler, kind, name, uri });
  }

  /** A function that answers many names was set for a method. */
  noteDispatcher(handler: object, method: string): void {
    this.isFirst(handler, method, this.noteDispatcher);
  }

  /**
   * A server over HTTP may be made anew for each request, with all its handlers: what is registered
   * at the same place in code, as the same and with the same text, is not asked for again.
   */
  private isFirst(handler: object, as: string, below: (...args: never[]) => unknown): boolean {
    const fn = functionOf(handler);
    const text = fn ? Function.prototype.toString.call(fn) : '';
    const key = `${as}\n${nameSite(below)}\n${text.length} ${text.slice(0, maxKeyText)}`;
    const first = this.firsts.get(key);
    if (first !== undefined && first !== handler) {
      this.firstOf.set(handler, first);
      return false;
    }
    if (this.firsts.size < maxFirsts) this.firsts.set(key, handler);
    return true;
  }

  /** The place of a handler, or null when it could not be found out. */
  of(handler: object): Place | null {
    const first = this.firstOf.get(handler) ?? handler;
    if (!this.known.has(first)) this.look([first]);
    return this.known.get(first) ?? null;
  }

  /** The place of a function that answers many names; not for one that belongs to the SDK. */
  ofDispatcher(handler: object): Place | null {
    const first = this.firstOf.get(handler) ?? handler;
    const known = this.dispatchers.get(first);
    if (known !== undefined) return known;
    const place = this.of(first);
    const file = String(place?.attributes[attr.codeFilePath] ?? '');
    const isOwn = place && !/[\\/]@modelcontextprotocol[\\/]/.test(file);
    const made = isOwn
      ? { ...place, attributes: { ...place.attributes, [own.handlerDispatch]: true } }
      : null;
    this.dispatchers.set(first, made);
    return made;
  }

  private report(): void {
    const noted = this.waiting;
    this.waiting = [];
    if (noted.length === 0) return;
    try {
      this.look(noted.map(({ handler }) => handler).filter((handler) => !this.known.has(handler)));
      this.tell(noted);
    } catch {
      // A place that cannot be found out must not disturb the server.
    }
  }

  private tell(noted: readonly Noted[]): void {
    for (const { handler, kind, name, uri } of noted) {
      const place = this.known.get(handler);
      if (!place) continue;
      const key = `${kind} ${name} ${place.attributes[attr.codeFilePath]}:${place.attributes[attr.codeLine]}`;
      if (this.reported.has(key) || this.reported.size >= maxReports) continue;
      this.reported.add(key);
      this.telemetry.addLog({
        ids: null,
        timeMs: nowMs(),
        severity: 9,
        eventName: eventNames.handler,
        body: `${kind} ${name}`,
        attributes: {
          ...place.attributes,
          ...(place.text ? { [own.handlerText]: place.text } : {}),
          [own.handlerKind]: kind,
          [own.handlerName]: name,
          ...(uri ? { [attr.mcpResourceUri]: uri } : {}),
        },
      });
    }
  }

  private look(handlers: readonly object[]): void {
    if (handlers.length === 0) return;
    const functions = handlers.map(functionOf);
    const places = readFunctionPlaces(
      handlers.map((handler, at) => ({
        fn: functions[at] ?? null,
        likelyFiles: this.registeredFrom.get(handler) ?? [],
      })),
    );
    for (const [at, handler] of handlers.entries()) {
      const place = places[at];
      const registeredName = this.registeredAs.get(handler) ?? '';
      this.known.set(
        handler,
        place ? describe(place, functions[at]?.name ?? '', registeredName) : null,
      );
    }
  }
}

/** A task handler is an object whose `createTask` starts the work. */
function functionOf(handler: object): (() => unknown) | null {
  if (typeof handler === 'function') return handler as () => unknown;
  const create = (handler as { createTask?: unknown }).createTask;
  return typeof create === 'function' ? (create as () => unknown) : null;
}

function describe(place: ScriptPlace, name: string, registeredName: string): Place {
  const functionName = name.replace(/^bound /, '');
  return {
    functionName,
    registeredName,
    attributes: {
      [attr.codeFilePath]: place.file,
      [attr.codeLine]: place.line,
      [attr.codeColumn]: place.column,
      ...(functionName ? { [attr.codeFunction]: functionName } : {}),
    },
    text: place.text,
  };
}
