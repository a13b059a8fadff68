/** One MCP request while it is handled: filled in as it goes, made into spans when it is sent. */
import { attr, scopes } from '../../core/mcp/conventions.js';
import type { Active } from './active.js';
import { describeError, exceptionEvent } from './errors.js';
import type { JsonBytes } from './jsonBytes.js';
import { parentIds } from './otelContext.js';
import type { Place, Places } from './places.js';
import { describeCall, writePlainSpan } from './plainSpan.js';
import { nowMs, randomHex, type SpanIds, type SpanRecord } from './records.js';
import type { SpanSource } from './telemetry.js';

/** Asked for each request: compared, not looked up. */
export function isWatchedRequest(method: string): boolean {
  return method === 'tools/call' || method === 'prompts/get' || method === 'resources/read';
}

export interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params?: {
    readonly name?: unknown;
    readonly uri?: unknown;
    readonly _meta?: { readonly traceparent?: unknown };
  };
}

/** The answer as the SDK hands it to its transport. */
export interface Answer {
  readonly id?: unknown;
  readonly result?: { readonly isError?: unknown };
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** Time before the handler, in ms, from which on its own span says something. */
const notableMs = 1;

/** What a call has only when something happened in it, or when it failed. */
interface Details {
  parts: readonly [traceId: string, parentSpanId: string] | null;
  ownId: string | null;
  /** The handler's own span: made when something first happens below it. */
  handlerIds: SpanIds | null;
  thrownMs: number;
  exception: unknown;
  errorType: string;
  message: string;
}

/**
 * All that can wait, ids included, is worked out when the batch is sent; and what few calls have is
 * no part of the object, since each call pays for every field.
 */
export class Call implements Active, SpanIds, SpanSource {
  readonly id: unknown;
  private readonly startMs = nowMs();
  private readonly method: string;
  /** Tool or prompt name, or resource URI. */
  private readonly name: string;
  private readonly traceparent: unknown;
  /** The function that handled it, once one ran. */
  private handler: object | null = null;
  private handlerStartMs = 0;
  private endMs = 0;
  private details: Details | null = null;

  constructor(
    request: Request,
    private readonly places: Places,
    /** The low-level handler of the method. */
    private readonly dispatcher: object | undefined,
  ) {
    const { id, method, params } = request;
    this.id = id;
    this.method = method;
    // A client in this process, over a transport in memory: what calls is known all the same.
    this.traceparent = params?._meta?.traceparent ?? headerOf(parentIds());
    const name = method === 'resources/read' ? params?.uri : params?.name;
    this.name = typeof name === 'string' ? name : '';
  }

  get ids(): SpanIds {
    return this;
  }

  get otel(): null {
    return null;
  }

  get call(): this {
    return this;
  }

  get traceId(): string {
    return this.readParent()[0];
  }

  get spanId(): string {
    const details = this.detail();
    details.ownId ??= randomHex(16);
    return details.ownId;
  }

  get hasEnded(): boolean {
    return this.endMs > 0;
  }

  /** Under which something that the request does now belongs, also after its own span was sent. */
  get innermost(): SpanIds {
    if (this.handlerStartMs === written) {
      const [traceId, spanId] = this.readParent();
      return { traceId, spanId };
    }
    if (!this.handler) return this;
    const details = this.detail();
    details.handlerIds ??= { traceId: this.traceId, spanId: randomHex(16) };
    return details.handlerIds;
  }

  begin(handler: object): void {
    if (this.handler) return;
    this.handler = handler;
    this.handlerStartMs = nowMs();
  }

  fail(error: unknown): void {
    const details = this.detail();
    details.exception = error;
    details.thrownMs = nowMs();
  }

  /** The result may be large: what is needed of it is taken now. */
  end(answer: Answer | null): void {
    this.endMs = nowMs();
    if (answer?.error) {
      const details = this.detail();
      details.errorType = String(answer.error.code ?? '_OTHER');
      details.message = String(answer.error.message ?? '');
    } else if (answer?.result?.isError === true) {
      this.detail().errorType = 'tool_error';
    } else if (!answer && this.details && this.details.thrownMs > 0) {
      this.details.errorType = '_OTHER';
    }
  }

  /** The span of a call that is like any other: bytes that are known, with ids and times set in. */
  writeTo(out: JsonBytes): boolean {
    const { traceparent } = this;
    if (this.details || this.isHandlerLate) return false;
    if (typeof traceparent !== 'string' || !traceparentForm.test(traceparent)) return false;
    const known = describeCall(this.method, this.name);
    writePlainSpan(out, known, this.place, traceparent, this.startMs, this.endMs);
    this.handlerStartMs = written;
    return true;
  }

  /** The span of the request, and before it the handler's where that is more than the same again. */
  toSpans(): SpanRecord[] {
    const { thrownMs, exception, errorType, message, handlerIds } = this.detail();
    const hasException = thrownMs > 0 && errorType !== '';
    const hasOwnSpan =
      this.handler !== null && (handlerIds !== null || hasException || this.isHandlerLate);
    const { place } = this;
    const anonymous =
      place?.functionName === '' && place.registeredName
        ? { file: String(place.attributes[attr.codeFilePath]), name: place.registeredName }
        : null;
    const events = hasException ? [exceptionEvent(exception, thrownMs, anonymous)] : [];
    const reason = hasException ? describeError(exception) : message;
    const known = describeCall(this.method, this.name);
    const attributes = place ? [known.attributes, place.attributes] : [known.attributes];
    const span: SpanRecord = {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.readParent()[1],
      name: known.spanName,
      kind: 2,
      startMs: this.startMs,
      endMs: this.endMs,
      attributes: errorType ? [...attributes, { [attr.errorType]: errorType }] : attributes,
      // With a span for the handler the exception stands there.
      events: hasOwnSpan ? [] : events,
      links: [],
      status: errorType ? { code: 2, message: reason } : unset,
      scope: scopes.nodeHook,
      scopeVersion: '',
    };
    if (!hasOwnSpan) {
      // Whatever it still does belongs to the span that there is.
      this.detail().handlerIds = { traceId: span.traceId, spanId: span.spanId };
      return [span];
    }
    const { traceId, spanId } = this.innermost;
    return [
      {
        ...span,
        traceId,
        spanId,
        parentSpanId: span.spanId,
        name: place?.functionName || this.name,
        kind: 1,
        startMs: this.handlerStartMs,
        endMs: hasException ? thrownMs : this.endMs,
        attributes: place ? [place.attributes] : [],
        events,
        status: hasException ? { code: 2, message: reason } : unset,
      },
      span,
    ];
  }

  private get isHandlerLate(): boolean {
    return this.handler !== null && this.handlerStartMs - this.startMs > notableMs;
  }

  private get place(): Place | null {
    if (this.handler) return this.places.of(this.handler);
    return this.dispatcher ? this.places.ofDispatcher(this.dispatcher) : null;
  }

  private readParent(): readonly [string, string] {
    const details = this.detail();
    details.parts ??= parseParent(this.traceparent);
    return details.parts;
  }

  private detail(): Details {
    this.details ??= {
      ...{ parts: null, ownId: null, handlerIds: null },
      ...{ thrownMs: 0, exception: null, errorType: '', message: '' },
    };
    return this.details;
  }
}

/** In place of the time at which a handler began: the span is sent, and its id was not kept. */
const written = -1;

function headerOf(ids: SpanIds | null): string | undefined {
  return ids ? `00-${ids.traceId}-${ids.spanId}-01` : undefined;
}

const unset = { code: 0, message: '' };
const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/;

function parseParent(header: unknown): readonly [string, string] {
  const found = typeof header === 'string' ? traceparentForm.exec(header) : null;
  return [found?.[1] ?? randomHex(32), found?.[2] ?? ''];
}
