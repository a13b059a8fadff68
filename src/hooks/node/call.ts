/** One MCP request while it is handled: filled in as it goes, made into spans when it is sent. */
import { attr, own, scopes } from '../../core/mcp/conventions.js';
import type { Attributes } from '../../core/trace/model.js';
import type { Active } from './active.js';
import { describeError, exceptionEvent } from './errors.js';
import type { HandlerKind, Places } from './places.js';
import { nowMs, randomHex, type SpanIds, type SpanRecord } from './records.js';
import type { SpanSource } from './telemetry.js';

export const requestKinds: Record<string, HandlerKind> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
};

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

/** All that can wait, ids included, is worked out when the batch is sent. */
export class Call implements Active, SpanIds, SpanSource {
  readonly ids: SpanIds = this;
  readonly otel = null;
  readonly call: Call = this;
  readonly id: unknown;
  private readonly startMs = nowMs();
  private readonly method: string;
  /** Tool or prompt name, or resource URI. */
  private readonly name: string;
  private readonly traceparent: unknown;
  private parts: readonly [traceId: string, parentSpanId: string] | undefined;
  private ownId: string | undefined;
  /** The function that handled it, once one ran. */
  private handler: object | null = null;
  /** The handler's own span: made when something first happens below it. */
  private ownHandlerIds: SpanIds | null = null;
  private handlerStartMs = 0;
  private thrownMs = 0;
  private exception: unknown;
  private endMs = 0;
  private errorType = '';
  private message = '';

  constructor(
    request: Request,
    private readonly places: Places,
    /** The low-level handler of the method. */
    private readonly dispatcher: object | undefined,
  ) {
    const { id, method, params } = request;
    this.id = id;
    this.method = method;
    this.traceparent = params?._meta?.traceparent;
    const name = method === 'resources/read' ? params?.uri : params?.name;
    this.name = typeof name === 'string' ? name : '';
  }

  get traceId(): string {
    return this.readParent()[0];
  }

  get spanId(): string {
    this.ownId ??= randomHex(16);
    return this.ownId;
  }

  get hasEnded(): boolean {
    return this.endMs > 0;
  }

  /** Under which something that the request does now belongs. */
  get innermost(): SpanIds {
    if (!this.handler) return this;
    this.ownHandlerIds ??= { traceId: this.traceId, spanId: randomHex(16) };
    return this.ownHandlerIds;
  }

  begin(handler: object): void {
    if (this.handler) return;
    this.handler = handler;
    this.handlerStartMs = nowMs();
  }

  fail(error: unknown): void {
    this.exception = error;
    this.thrownMs = nowMs();
  }

  /** The result may be large: what is needed of it is taken now. */
  end(answer: Answer | null): void {
    this.endMs = nowMs();
    if (answer?.error) {
      this.errorType = String(answer.error.code ?? '_OTHER');
      this.message = String(answer.error.message ?? '');
    } else if (answer?.result?.isError === true) {
      this.errorType = 'tool_error';
    } else if (!answer && this.thrownMs > 0) {
      this.errorType = '_OTHER';
    }
  }

  /** The span of the request, and before it the handler's where that is more than the same again. */
  toSpans(): SpanRecord[] {
    const hasException = this.thrownMs > 0 && this.errorType !== '';
    const hasOwnSpan =
      this.handler !== null &&
      (this.ownHandlerIds !== null ||
        hasException ||
        this.handlerStartMs - this.startMs > notableMs);
    const events = hasException ? [exceptionEvent(this.exception, this.thrownMs)] : [];
    const reason = hasException ? describeError(this.exception) : this.message;
    const place = this.handler
      ? this.places.of(this.handler)
      : this.dispatcher
        ? this.places.ofDispatcher(this.dispatcher)
        : null;
    const known = describe(this.method, this.name);
    const attributes = place ? [known.attributes, place.attributes] : [known.attributes];
    const span: SpanRecord = {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.readParent()[1],
      name: known.spanName,
      kind: 2,
      startMs: this.startMs,
      endMs: this.endMs,
      attributes: this.errorType
        ? [...attributes, { [attr.errorType]: this.errorType }]
        : attributes,
      // With a span for the handler the exception stands there.
      events: hasOwnSpan ? [] : events,
      links: [],
      status: this.errorType ? { code: 2, message: reason } : unset,
      scope: scopes.nodeHook,
      scopeVersion: '',
    };
    if (!hasOwnSpan) return [span];
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
        endMs: hasException ? this.thrownMs : this.endMs,
        attributes: place ? [place.attributes] : [],
        events,
        status: hasException ? { code: 2, message: reason } : unset,
      },
      span,
    ];
  }

  private readParent(): readonly [string, string] {
    this.parts ??= parseParent(this.traceparent);
    return this.parts;
  }
}

const unset = { code: 0, message: '' };

function parseParent(header: unknown): readonly [string, string] {
  const found =
    typeof header === 'string' ? /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(header) : null;
  return [found?.[1] ?? randomHex(32), found?.[2] ?? ''];
}

const targetKeys: Record<string, string> = {
  'tools/call': attr.toolName,
  'prompts/get': attr.promptName,
  'resources/read': attr.mcpResourceUri,
};

interface Described {
  readonly spanName: string;
  readonly attributes: Attributes;
}

const maxKnown = 1000;
const described = new Map<string, Map<string, Described>>();

/** The same objects for the same method and name, so that they are encoded once. */
function describe(method: string, name: string): Described {
  const known = described.get(method);
  const found = known?.get(name);
  if (found) return found;
  const target = targetKeys[method];
  const made: Described = {
    spanName: name ? `${method} ${name}` : method,
    attributes: {
      [attr.mcpMethod]: method,
      ...(target && name ? { [target]: name } : {}),
      ...(method === 'tools/call' ? { [attr.operationName]: 'execute_tool' } : {}),
      [own.handlerSource]: 'measured',
    },
  };
  // Names come from the client: they must not fill the memory.
  if (!known) described.set(method, new Map([[name, made]]));
  else if (known.size < maxKnown) known.set(name, made);
  return made;
}
