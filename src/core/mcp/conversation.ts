/**
 * Follows one conversation between a client and a server: opens a call at each request, in
 * whichever direction, and closes it with an outcome. Never throws because of what a peer said.
 */
import type { Line } from '../jsonrpc/framing.js';
import { type ScannedMessage, scanMessages } from '../jsonrpc/scan.js';
import { stringAt, textOf } from '../jsonrpc/tokens.js';
import type {
  Attributes,
  AttributeValue,
  LogRecord,
  Nanos,
  Outcome,
  Span,
  SpanEvent,
  SpanRef,
} from '../trace/model.js';
import type { ContentPolicy, MessageParts } from './content.js';
import { attr, eventNames, own, scopes } from './conventions.js';
import { readCut } from './cutMessage.js';
import { type FindingKind, findingLog } from './findings.js';
import { memberOf, requestAttributes, spanName, stringMember } from './naming.js';
import { type Direction, OpenCall } from './openCall.js';
import { judgeAnswer, type PayloadRule, type Verdict } from './outcomes.js';
import { parseTraceparent, randomHex } from './traceContext.js';

/** What a conversation tells; times are on the spans. */
export interface ConversationListener {
  onDidStart(call: OpenCall): void;
  onDidHappen(call: OpenCall, event: SpanEvent): void;
  onDidEnd(span: Span, outcome: Outcome): void;
  onDidLog(log: LogRecord): void;
}

export interface ConversationOptions {
  readonly resource: Attributes;
  readonly version: string;
  /** On every span, e.g. `network.transport`. */
  readonly attributes: Attributes;
  readonly content: ContentPolicy;
  readonly payloadRules: readonly PayloadRule[];
}

/** Calls that are never answered do not grow the maps past this; the oldest is given up. */
const maxOpenCalls = 10_000;
const maxCancelled = 1_000;
const opposite: Record<Direction, Direction> = {
  'client-to-server': 'server-to-client',
  'server-to-client': 'client-to-server',
};

/** One message with what was read of it. */
interface Received {
  readonly direction: Direction;
  /** As spelled. */
  readonly id: string | null;
  readonly method: string;
  /** Value of `params._meta.traceparent`, whatever it is; null when absent. */
  readonly traceparent: string | null;
  /** Parsed, or undefined when it is not JSON after all. */
  readonly parsed: unknown;
  readonly text: string;
  readonly parts: MessageParts | null;
  /** Size on the wire. */
  readonly bytes: number;
  readonly timeNanos: Nanos;
  /** The middle of it is missing. */
  readonly cut: boolean;
  readonly notification: boolean;
}

export class Conversation {
  private readonly open = new Map<string, OpenCall>();
  /** Cancelled calls whose late answer is legal. */
  private readonly cancelled = new Map<string, SpanRef>();
  private readonly sessionAttributes: Record<string, AttributeValue> = {};

  constructor(
    private readonly options: ConversationOptions,
    private readonly listener: ConversationListener,
  ) {}

  /** The only call that runs, so that what happens now may be said to belong to it. */
  get onlyCall(): OpenCall | null {
    if (this.open.size !== 1) return null;
    return this.open.values().next().value ?? null;
  }

  /** An attribute of all later spans, e.g. `mcp.session.id`. */
  setAttribute(key: string, value: AttributeValue): void {
    this.sessionAttributes[key] = value;
  }

  /**
   * One line, or one HTTP body, of either side. `contexts` are the `traceparent`s that were given
   * to its requests, in order; null where none was.
   */
  receive(
    direction: Direction,
    line: Line,
    timeNanos: Nanos,
    contexts: readonly (string | null)[] = [],
  ): void {
    if (line.length > line.bytes.length) {
      this.receiveCut(direction, line, timeNanos);
      return;
    }
    const messages = scanMessages(line.bytes);
    if (!messages) {
      this.receiveForeign(direction, line, timeNanos);
      return;
    }
    let next = 0;
    for (const message of messages) {
      const received = read(direction, line, message, messages.length > 1, timeNanos);
      const context = message.kind === 'request' ? contexts[next++] : undefined;
      if (message.kind === 'other' || (message.kind === 'response' && received.id === null)) {
        this.receiveForeign(direction, line, timeNanos);
      } else this.dispatch(message.kind, received, context ?? null);
    }
  }

  /** A message of which only the ends were kept. */
  private receiveCut(direction: Direction, line: Line, timeNanos: Nanos): void {
    const message = readCut(line);
    if (!message) {
      this.receiveForeign(direction, line, timeNanos);
      return;
    }
    const received: Received = {
      direction,
      id: message.id,
      method: message.method ?? '',
      traceparent: null,
      parsed: message.parsed,
      text: textOf(line.bytes, 0, line.bytes.length),
      parts: null,
      bytes: line.length,
      timeNanos,
      cut: true,
      notification: message.kind === 'notification',
    };
    this.dispatch(message.kind, received, null);
  }

  private dispatch(
    kind: 'request' | 'notification' | 'response',
    received: Received,
    context: string | null,
  ): void {
    if (kind === 'request') this.startCall(received, context);
    else if (kind === 'notification') this.notify(received);
    else this.answer(received);
  }

  /** The server or the connection is gone: whatever still runs ends with `verdict`. */
  end(verdict: Verdict, timeNanos: Nanos): void {
    for (const [key, call] of this.open) {
      this.open.delete(key);
      this.close(call, verdict, timeNanos);
    }
  }

  /** The calls with these ids, as spelled, that still run end with `verdict`. */
  settle(sender: Direction, ids: readonly string[], verdict: Verdict, timeNanos: Nanos): void {
    for (const id of ids) {
      const key = keyOf(sender, id);
      const call = this.open.get(key);
      if (!call) continue;
      this.open.delete(key);
      this.close(call, verdict, timeNanos);
    }
  }

  /** More to say about calls that run. */
  annotate(sender: Direction, ids: readonly string[], key: string, value: AttributeValue): void {
    for (const id of ids) {
      const call = this.open.get(keyOf(sender, id));
      if (call) call.attributes[key] = value;
    }
  }

  /** Traffic was lost, so that nobody knows which calls were answered. They are dropped. */
  forget(): void {
    this.open.clear();
  }

  /** One line that the server printed to stderr. */
  stderr(text: string, timeNanos: Nanos): void {
    const kept = this.options.content.keepLine(text);
    this.log({
      timeNanos,
      ...this.onlyCall?.ref,
      severityNumber: 9,
      severityText: 'INFO',
      body: kept.text ?? '',
      eventName: eventNames.stderr,
      attributes: { [attr.logIostream]: 'stderr' },
    });
  }

  report(
    kind: FindingKind,
    detail: string,
    timeNanos: Nanos,
    span: SpanRef | null = this.onlyCall?.ref ?? null,
  ): void {
    this.log(findingLog(kind, detail, timeNanos, span));
  }

  private startCall(received: Received, context: string | null): void {
    const { direction, method, parsed, timeNanos } = received;
    const id = received.id ?? '';
    const key = keyOf(direction, id);
    const params = memberOf(parsed, 'params');
    const incoming = received.traceparent === null ? null : parseTraceparent(received.traceparent);
    const mine = context === null ? null : parseTraceparent(context);
    const around = incoming ? null : this.callAround(direction);
    const call = new OpenCall(
      {
        traceId: mine?.traceId ?? incoming?.traceId ?? around?.ref.traceId ?? randomHex(32),
        spanId: mine?.spanId ?? randomHex(16),
      },
      incoming?.spanId ?? around?.ref.spanId ?? null,
      spanName(method, params),
      method,
      direction,
      timeNanos,
      {
        [own.serverName]: String(this.options.resource[own.serverName] ?? ''),
        ...requestAttributes(method, plainId(id), params),
        ...this.options.attributes,
        ...this.sessionAttributes,
        [own.requestBytes]: received.bytes,
      },
    );
    if (direction === 'server-to-client') call.attributes[own.direction] = direction;
    const token = memberOf(memberOf(params, '_meta'), 'progressToken');
    if (token !== undefined) call.progressToken = JSON.stringify(token);
    this.keep(call, received, attr.toolArguments);
    const twin = this.open.get(key);
    if (twin) {
      this.open.delete(key);
      this.close(twin, abandoned('its id was used again before it was answered'), timeNanos);
      this.report('duplicate_id', `${method} uses id ${id} again`, timeNanos, call.ref);
    }
    if (received.traceparent !== null && !incoming) {
      this.report('malformed_traceparent', received.traceparent.slice(0, 200), timeNanos, call.ref);
    }
    if (this.open.size >= maxOpenCalls) this.giveUpOldest(timeNanos);
    this.open.set(key, call);
    this.listener.onDidStart(call);
  }

  /** A request of the server belongs to the client's call that runs, when there is only one. */
  private callAround(direction: Direction): OpenCall | null {
    if (direction === 'client-to-server') return null;
    let found: OpenCall | null = null;
    for (const call of this.open.values()) {
      if (call.direction !== 'client-to-server') continue;
      if (found) return null;
      found = call;
    }
    return found;
  }

  private answer(received: Received): void {
    const { direction, parsed, timeNanos } = received;
    const key = keyOf(opposite[direction], received.id ?? '');
    const call = this.open.get(key);
    if (!call) {
      const late = this.cancelled.get(key);
      if (late) this.cancelled.delete(key);
      else {
        const detail = `an answer to id ${received.id}, which nobody asked`;
        this.report('orphan_answer', detail, timeNanos);
      }
      return;
    }
    this.open.delete(key);
    call.attributes[own.responseBytes] = received.bytes;
    this.keep(call, received, attr.toolResult);
    if (call.method === 'initialize') this.learn(parsed);
    this.close(call, judgeAnswer(call.method, parsed, this.options.payloadRules), timeNanos);
  }

  private notify(received: Received): void {
    const { direction, method, parsed, timeNanos } = received;
    const params = memberOf(parsed, 'params');
    const call = this.callOf(received, params);
    if (method === 'notifications/cancelled') {
      const id = memberOf(params, 'requestId');
      const key = keyOf(direction, JSON.stringify(id) ?? '');
      const target = this.open.get(key);
      if (!target) return;
      this.keep(target, received, null);
      this.open.delete(key);
      this.rememberCancelled(key, target.ref);
      this.close(target, cancelledBy(stringMember(params, 'reason') ?? ''), timeNanos);
      return;
    }
    if (call) {
      this.keep(call, received, null);
      return;
    }
    this.log({
      timeNanos,
      severityNumber: 5,
      severityText: 'DEBUG',
      body: method,
      eventName: eventNames.notification,
      attributes: { [attr.mcpMethod]: method, [own.messageDirection]: direction },
    });
  }

  /** By progress token; else the only call that the receiver of the notification made. */
  private callOf(received: Received, params: unknown): OpenCall | null {
    const owner = opposite[received.direction];
    if (received.method === 'notifications/progress') {
      const token = JSON.stringify(memberOf(params, 'progressToken'));
      for (const call of this.open.values()) {
        if (call.direction === owner && call.progressToken === token) return call;
      }
      return null;
    }
    const only = this.onlyCall;
    return only && only.direction === owner ? only : null;
  }

  /** The protocol version that the server chose. */
  private learn(answer: unknown): void {
    const version = stringMember(memberOf(answer, 'result'), 'protocolVersion');
    if (version !== null) this.sessionAttributes[attr.mcpProtocolVersion] = version;
  }

  /** `part` names the attribute that repeats the arguments or the result. */
  private keep(call: OpenCall, received: Received, part: string | null): void {
    const { content } = this.options;
    const kept = content.keepMessage(received.text, received.parts);
    const body = kept ? content.cut(kept.text) : { text: null, truncated: false };
    const truncated = received.cut || body.truncated;
    if (part !== null && call.method === 'tools/call' && kept) {
      const text = part === attr.toolArguments ? kept.argumentsText : kept.resultText;
      const shown = text === null ? null : content.cut(text).text;
      if (shown !== null) call.attributes[part] = shown;
    }
    const event = call.addMessage(
      { direction: received.direction, body: body.text, bytes: received.bytes, truncated },
      received.timeNanos,
    );
    if (event && received.notification) this.listener.onDidHappen(call, event);
  }

  private close(call: OpenCall, verdict: Verdict, timeNanos: Nanos): void {
    if (call.method === 'initialize') Object.assign(call.attributes, this.sessionAttributes);
    const { resource, version } = this.options;
    this.listener.onDidEnd(call.finish(verdict, timeNanos, resource, version), verdict.outcome);
  }

  private rememberCancelled(key: string, ref: SpanRef): void {
    this.cancelled.set(key, ref);
    if (this.cancelled.size <= maxCancelled) return;
    const oldest = this.cancelled.keys().next().value;
    if (oldest !== undefined) this.cancelled.delete(oldest);
  }

  private giveUpOldest(timeNanos: Nanos): void {
    const oldest = this.open.entries().next().value;
    if (!oldest) return;
    this.open.delete(oldest[0]);
    this.close(oldest[1], abandoned('never answered'), timeNanos);
  }

  private receiveForeign(direction: Direction, line: Line, timeNanos: Nanos): void {
    const text = textOf(line.bytes, 0, line.bytes.length).replace(/\r$/, '');
    if (text.trim() === '') return;
    const kind = direction === 'server-to-client' ? 'stdout_pollution' : 'client_pollution';
    this.report(kind, this.options.content.keepLine(text).text ?? '', timeNanos);
  }

  private log(log: Omit<LogRecord, 'resource' | 'scope'>): void {
    const { resource, version } = this.options;
    this.listener.onDidLog({ ...log, resource, scope: { name: scopes.shim, version } });
  }
}

export function abandoned(message: string): Verdict {
  return { outcome: 'abandoned', errorType: 'abandoned', message, statusCode: null };
}

/** A client that gave up waiting says so in the reason of its cancellation. */
function cancelledBy(reason: string): Verdict {
  const outcome = /time[d ]*\s?-?out/i.test(reason) ? 'timeout' : 'cancelled';
  return { outcome, errorType: outcome, message: reason.slice(0, 1000), statusCode: null };
}

/** The sender and the id, so that `1` and `"1"`, and both sides' counters, stay apart. */
function keyOf(sender: Direction, id: string): string {
  return `${sender} ${canonicalId(id)}`;
}

/** `1.0` may come back as `1`, and `"\u0061"` as `"a"`. */
function canonicalId(id: string): string {
  if (id.startsWith('"') ? !id.includes('\\') : !/[.eE]/.test(id)) return id;
  const value = parse(id);
  return value === undefined ? id : JSON.stringify(value);
}

function plainId(id: string): string {
  return id.startsWith('"') ? String(parse(id) ?? id) : id;
}

function read(
  direction: Direction,
  line: Line,
  message: ScannedMessage,
  inBatch: boolean,
  timeNanos: Nanos,
): Received {
  const { bytes } = line;
  const text = textOf(bytes, message.start, message.end);
  const { traceparentStart, traceparentEnd } = message;
  return {
    direction,
    id: message.idIn(bytes),
    method: message.methodIn(bytes) ?? '',
    traceparent: traceparentStart < 0 ? null : stringAt(bytes, traceparentStart, traceparentEnd),
    parsed: parse(text),
    text,
    parts: {
      argumentsText: sliceOf(bytes, message.argumentsStart, message.argumentsEnd),
      resultText: sliceOf(bytes, message.resultStart, message.resultEnd),
    },
    bytes: inBatch ? message.end - message.start : line.length,
    timeNanos,
    cut: false,
    notification: message.kind === 'notification',
  };
}

function sliceOf(bytes: Uint8Array, start: number, end: number): string | null {
  return start < 0 ? null : textOf(bytes, start, end);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
