/**
 * Follows one conversation between a client and a server: opens a call at each request, in
 * whichever direction, and closes it with an outcome. Never throws because of what a peer said.
 */
import type { Line } from '../jsonrpc/framing.js';
import { scanMessages } from '../jsonrpc/scan.js';
import { textOf } from '../jsonrpc/tokens.js';
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
import { BoundedMap } from './boundedMap.js';
import { CallTable, opposite } from './callTable.js';
import { type ContentPolicy, PrintedLines } from './content.js';
import { attr, eventNames, own, scopes } from './conventions.js';
import { readCut } from './cutMessage.js';
import { type FindingKind, findingLog } from './findings.js';
import { memberOf, requestAttributes, spanName, stringMember } from './naming.js';
import { type Direction, OpenCall } from './openCall.js';
import {
  abandoned,
  cancelledBy,
  endOf,
  judgeAnswer,
  type PayloadRule,
  type Verdict,
} from './outcomes.js';
import { type PendingInput, targetOf } from './pendingInput.js';
import { callKey, plainId, type Received, readEnds, readWhole } from './received.js';
import { TaskLinks } from './taskLinks.js';
import { randomHex, readIncoming } from './traceContext.js';

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
  /** A client's request without ids was to be given some. */
  readonly injects: boolean;
  /** May be shared with other conversations. */
  readonly pendingInput: PendingInput;
}

/** Cancelled calls that are remembered. */
const maxRemembered = 1_000;

export class Conversation {
  private readonly open = new CallTable();
  /** Cancelled calls whose late answer is legal. */
  private readonly cancelled = new BoundedMap<string, SpanRef>(maxRemembered);
  private readonly tasks = new TaskLinks();
  private readonly sessionAttributes: Record<string, AttributeValue> = {};
  private readonly printed: Record<Direction | 'stderr', PrintedLines>;

  constructor(
    private readonly options: ConversationOptions,
    private readonly listener: ConversationListener,
  ) {
    const lines = () => new PrintedLines(options.content);
    this.printed = { 'client-to-server': lines(), 'server-to-client': lines(), stderr: lines() };
  }

  /** An attribute of all later spans, e.g. `mcp.session.id`. */
  setAttribute(key: string, value: AttributeValue): void {
    this.sessionAttributes[key] = value;
  }

  /**
   * One line, or one HTTP body, of either side. `nextContext` gives the ids that the next of
   * its requests was given; null where it was given none. `outer` is the `traceparent` of the
   * HTTP request around it.
   */
  receive(
    direction: Direction,
    line: Line,
    timeNanos: Nanos,
    nextContext: () => SpanRef | null = () => null,
    outer: string | null = null,
  ): void {
    if (line.length > line.bytes.length) {
      this.receiveCut(direction, line, timeNanos, nextContext, outer);
      return;
    }
    const messages = scanMessages(line.bytes);
    if (!messages) {
      this.receiveForeign(direction, line, timeNanos);
      return;
    }
    let isForeign = messages.length === 0;
    for (const message of messages) {
      const received = readWhole(direction, line, message, messages.length > 1, timeNanos);
      const context = message.kind === 'request' ? nextContext() : null;
      if (message.kind === 'other') isForeign = true;
      else this.dispatch(message.kind, received, context, outer);
    }
    if (isForeign) this.receiveForeign(direction, line, timeNanos);
  }

  /** A message of which only the ends were kept. */
  private receiveCut(
    direction: Direction,
    line: Line,
    timeNanos: Nanos,
    nextContext: () => SpanRef | null,
    outer: string | null,
  ): void {
    const message = readCut(line);
    if (!message) {
      this.receiveForeign(direction, line, timeNanos);
      return;
    }
    const context = message.kind === 'request' ? nextContext() : null;
    const received = readEnds(direction, line, message, timeNanos, context);
    this.dispatch(message.kind, received, context, outer);
  }

  private dispatch(
    kind: 'request' | 'notification' | 'response',
    received: Received,
    context: SpanRef | null,
    outer: string | null,
  ): void {
    if (kind === 'request') this.startCall(received, context, outer);
    else if (kind === 'notification') this.notify(received);
    else this.answer(received);
  }

  /** The server or the connection is gone: whatever still runs ends with `verdict`. */
  end(verdict: Verdict, timeNanos: Nanos): void {
    for (const call of this.open.takeAll()) this.close(call, verdict, timeNanos);
  }

  /** The calls with these ids, as spelled, that still run end with `verdict`. */
  settle(sender: Direction, ids: readonly string[], verdict: Verdict, timeNanos: Nanos): void {
    for (const id of ids) {
      const call = this.open.take(callKey(sender, id));
      if (!call) continue;
      this.close(call, endOf(call.method, verdict), timeNanos);
    }
  }

  /** More to say about calls that run. */
  annotate(sender: Direction, ids: readonly string[], key: string, value: AttributeValue): void {
    for (const id of ids) {
      const call = this.open.get(callKey(sender, id));
      if (call) call.attributes[key] = value;
    }
  }

  /** The client waits for an answer. */
  get isWaitedFor(): boolean {
    return this.open.hasOf('client-to-server');
  }

  /** Words of a peer beside its messages, as far as they may be shown. */
  keepWords(text: string): string {
    return this.options.content.keepLine(text).text ?? '';
  }

  /** Traffic was lost, so that nobody knows which calls were answered. They are dropped. */
  forget(): void {
    this.open.takeAll();
  }

  /** Calls whose input never came. The last thing to be asked of any of the conversations. */
  endPending(timeNanos: Nanos): void {
    for (const call of this.options.pendingInput.takeAll()) {
      this.close(call, abandoned('the input it waited for never came'), timeNanos);
    }
  }

  /** One line that the server printed to stderr. */
  stderr(text: string, timeNanos: Nanos): void {
    this.log({
      timeNanos,
      ...this.open.only?.ref,
      severityNumber: 9,
      severityText: 'INFO',
      body: this.printed.stderr.keep(text),
      eventName: eventNames.stderr,
      attributes: { [attr.logIostream]: 'stderr' },
    });
  }

  report(
    kind: FindingKind,
    detail: string,
    timeNanos: Nanos,
    span: SpanRef | null = this.open.only?.ref ?? null,
  ): void {
    this.log(findingLog(kind, detail, timeNanos, span));
  }

  private startCall(received: Received, context: SpanRef | null, outer: string | null): void {
    const { direction, method, parsed, timeNanos } = received;
    const id = received.id ?? '';
    const key = callKey(direction, id);
    const params = memberOf(parsed, 'params');
    if (direction === 'client-to-server' && this.resume(received, key, params)) return;
    const { incoming, malformed } = readIncoming(received.traceparent, outer);
    const around =
      incoming || direction === 'client-to-server' ? null : this.open.onlyOf('client-to-server');
    const call = new OpenCall(
      {
        traceId: context?.traceId ?? incoming?.traceId ?? around?.ref.traceId ?? randomHex(32),
        spanId: context?.spanId ?? randomHex(16),
      },
      incoming?.spanId ?? around?.ref.spanId ?? null,
      spanName(method, params),
      method,
      targetOf(params),
      direction,
      timeNanos,
      {
        [own.serverName]: String(this.options.resource[own.serverName] ?? ''),
        ...requestAttributes(method, plainId(id), params, (uri) =>
          this.options.content.keepName(uri),
        ),
        ...this.options.attributes,
        ...this.sessionAttributes,
        [own.requestBytes]: received.bytes,
      },
    );
    if (direction === 'server-to-client') call.attributes[own.direction] = direction;
    else if (context === null && this.options.injects) call.attributes[own.notInjected] = true;
    this.readMeta(call, params);
    this.keep(call, received, attr.toolArguments);
    const twin = this.open.take(key);
    if (twin) {
      this.close(twin, abandoned('its id was used again before it was answered'), timeNanos);
      this.report('duplicate_id', `${method} uses id ${id} again`, timeNanos, call.ref);
    }
    if (malformed !== null) {
      this.report('malformed_traceparent', this.keepWords(malformed), timeNanos, call.ref);
    }
    const givenUp = this.open.set(key, call);
    if (givenUp) this.close(givenUp, abandoned('never answered'), timeNanos);
    this.listener.onDidStart(call);
  }

  /** A retry with the input that the server wanted is the same call going on. */
  private resume(received: Received, key: string, params: unknown): boolean {
    const call = this.options.pendingInput.resume(received.method, params);
    if (!call) return false;
    call.attempts++;
    call.addEvent(eventNames.inputProvided, received.timeNanos);
    this.keep(call, received, null);
    this.open.set(key, call);
    return true;
  }

  /** What a request says beside its own business: version, progress token, task. */
  private readMeta(call: OpenCall, params: unknown): void {
    const meta = memberOf(params, '_meta');
    const token = memberOf(meta, 'progressToken');
    if (token !== undefined) call.progressToken = JSON.stringify(token);
    const version = stringMember(meta, 'io.modelcontextprotocol/protocolVersion');
    if (version !== null) call.attributes[attr.mcpProtocolVersion] = version;
    this.tasks.link(call, params);
  }

  private answer(received: Received): void {
    const { direction, parsed, timeNanos } = received;
    const key = callKey(opposite[direction], received.id ?? '');
    const call = this.open.take(key);
    if (!call) {
      if (this.cancelled.take(key)) return;
      const error = stringMember(memberOf(parsed, 'error'), 'message');
      const said = error === null ? '' : `: ${this.keepWords(error)}`;
      const detail =
        received.id === null
          ? `an answer without an id${said}`
          : `an answer to id ${received.id}, which nobody asked${said}`;
      this.report('orphan_answer', detail, timeNanos);
      return;
    }
    call.attributes[own.responseBytes] = received.bytes;
    this.keep(call, received, attr.toolResult);
    if (call.method === 'initialize') this.learn(parsed);
    if (this.options.pendingInput.suspend(call, parsed)) {
      const event = call.addEvent(eventNames.inputRequired, timeNanos);
      this.listener.onDidHappen(call, event);
      return;
    }
    this.tasks.remember(call, parsed);
    const verdict = judgeAnswer(call.method, parsed, this.options.payloadRules);
    this.close(call, this.inKeptWords(verdict), timeNanos);
  }

  private notify(received: Received): void {
    const { direction, method, parsed, timeNanos } = received;
    const params = memberOf(parsed, 'params');
    const call = this.callOf(received, params);
    if (method === 'notifications/cancelled') {
      const id = memberOf(params, 'requestId');
      const key = callKey(direction, JSON.stringify(id) ?? '');
      const target = this.open.take(key);
      if (!target) return;
      this.keep(target, received, null);
      this.cancelled.set(key, target.ref);
      const verdict = cancelledBy(stringMember(params, 'reason') ?? '');
      this.close(target, endOf(target.method, this.inKeptWords(verdict)), timeNanos);
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
      const token = JSON.stringify(memberOf(params, 'progressToken')) ?? '';
      return this.open.byProgressToken(owner, token);
    }
    return this.open.onlyOf(owner);
  }

  /** The protocol version that the server chose. */
  private learn(answer: unknown): void {
    const version = stringMember(memberOf(answer, 'result'), 'protocolVersion');
    if (version !== null) this.sessionAttributes[attr.mcpProtocolVersion] = version;
  }

  /** `part` names the attribute that repeats the arguments or the result. */
  private keep(call: OpenCall, received: Received, part: string | null): void {
    const { content } = this.options;
    if (part === null && call.isFull) {
      call.droppedEvents++;
      return;
    }
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

  /** What the peer said in a verdict, as far as it may be shown. */
  private inKeptWords(verdict: Verdict): Verdict {
    return verdict.message === ''
      ? verdict
      : { ...verdict, message: this.keepWords(verdict.message) };
  }

  private close(call: OpenCall, verdict: Verdict, timeNanos: Nanos): void {
    // What was learnt while it ran, such as the version that `initialize` settled.
    for (const [key, value] of Object.entries(this.sessionAttributes)) {
      call.attributes[key] ??= value;
    }
    const { resource, version } = this.options;
    this.listener.onDidEnd(call.finish(verdict, timeNanos, resource, version), verdict.outcome);
  }

  private receiveForeign(direction: Direction, line: Line, timeNanos: Nanos): void {
    const text = textOf(line.bytes, 0, line.bytes.length).replace(/\r$/, '');
    if (text.trim() === '') return;
    const kind = direction === 'server-to-client' ? 'stdout_pollution' : 'client_pollution';
    this.report(kind, this.printed[direction].keep(text), timeNanos);
  }

  private log(log: Omit<LogRecord, 'resource' | 'scope'>): void {
    const { resource, version } = this.options;
    this.listener.onDidLog({ ...log, resource, scope: { name: scopes.shim, version } });
  }
}
