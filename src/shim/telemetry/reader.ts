/** Turns records back into lines, and lines into conversations. */
import { type Line, LineSplitter } from '../../core/jsonrpc/framing.js';
import { ContentPolicy } from '../../core/mcp/content.js';
import { own } from '../../core/mcp/conventions.js';
import { Conversation, type ConversationListener } from '../../core/mcp/conversation.js';
import type { FindingKind } from '../../core/mcp/findings.js';
import { defaultPayloadRules, parsePayloadRules } from '../../core/mcp/outcomes.js';
import { PendingInput } from '../../core/mcp/pendingInput.js';
import { parseRedaction } from '../../core/mcp/redaction.js';
import type { Attributes, Nanos, SpanRef } from '../../core/trace/model.js';
import type { ControlMessage } from '../control.js';
import type { ShimOptions } from '../options.js';
import { recordKinds, type ShimRecord } from '../records.js';
import { version } from '../version.js';
import { ResponseStream } from './responseStream.js';
import { withinTime } from './withinTime.js';

const none = new Uint8Array(0);
const lineFeed = 0x0a;

/** One conversation with the pieces of lines that wait for their rest. */
interface Channel {
  readonly conversation: Conversation;
  readonly server: LineSplitter;
  readonly errors: LineSplitter;
  /** Time of the bytes that are being read. */
  timeNanos: Nanos;
  /** A client's line whose tail is still to come. */
  head: { line: Line; timeNanos: Nanos; context: SpanRef | null; outer: string | null } | null;
  /** The header `traceparent` around the next line of the client. */
  outer: string | null;
  /** Responses that ended and are still being decoded. */
  decoding: Promise<unknown> | null;
}

export class Reader {
  private readonly channels = new Map<number, Channel>();
  private readonly streams = new Map<number, ResponseStream>();
  private readonly pendingInput = new PendingInput();
  /** Conversations that end when their last response is decoded. */
  private readonly decoding = new Set<Promise<void>>();
  private readonly content: ContentPolicy;

  constructor(
    private readonly options: ShimOptions,
    private readonly listener: ConversationListener,
    private readonly cwd: string,
    private readonly onUnreadable: () => void,
  ) {
    this.content = new ContentPolicy(
      options.content,
      parseRedaction(options.redact),
      options.contentLimit,
      withinTime,
      (source, givenUp) => this.reportSlow(source, givenUp),
    );
  }

  read(record: ShimRecord): void {
    const { kind, payload } = record;
    const timeNanos = nanosOf(record.time);
    if (kind === recordKinds.streamBytes) {
      this.streams.get(record.conversation)?.feed(payload, timeNanos);
      return;
    }
    const channel = this.channelOf(record.conversation);
    channel.timeNanos = timeNanos;
    switch (kind) {
      case recordKinds.clientLine: {
        const line: Line = { bytes: payload, length: record.number, tail: none, terminated: true };
        const { conversation, outer } = channel;
        channel.outer = null;
        if (record.number > payload.length) {
          const kept = { ...line, bytes: Uint8Array.from(payload) };
          channel.head = { line: kept, timeNanos, context: record.nextContext(), outer };
        } else conversation.receive('client-to-server', line, timeNanos, record.nextContext, outer);
        return;
      }
      case recordKinds.clientLines:
        for (const bytes of linesOf(payload)) {
          const line: Line = { bytes, length: bytes.length, tail: none, terminated: true };
          channel.conversation.receive('client-to-server', line, timeNanos, record.nextContext);
        }
        return;
      case recordKinds.clientTail: {
        const { head } = channel;
        channel.head = null;
        if (!head) return;
        const line = { ...head.line, tail: payload };
        const { conversation } = channel;
        const context = () => head.context;
        conversation.receive('client-to-server', line, head.timeNanos, context, head.outer);
        return;
      }
      case recordKinds.serverBytes:
        channel.server.feed(payload);
        return;
      case recordKinds.serverElided:
        channel.server.elide(record.number);
        return;
      case recordKinds.stderrBytes:
        channel.errors.feed(payload);
        return;
      case recordKinds.lost:
        this.skip(record.number, record.time);
        return;
      case recordKinds.control:
        this.control(record, JSON.parse(payload.toString()) as ControlMessage, timeNanos);
    }
  }

  /** A call of the client's on stdio runs. */
  get isWaitedFor(): boolean {
    return this.channels.get(0)?.conversation.isWaitedFor ?? false;
  }

  /** Traffic was not read: `bytes` at `time` (milliseconds since the epoch). */
  skip(bytes: number, time: number): void {
    for (const { server, errors, conversation } of this.channels.values()) {
      server.gap();
      errors.gap();
      conversation.forget();
      const detail = `telemetry fell behind: ${bytes} bytes of traffic were not read`;
      conversation.report('telemetry_dropped', detail, nanosOf(time), null);
    }
  }

  /** Nothing more comes. */
  async end(): Promise<void> {
    await Promise.all(this.decoding);
    this.channelOf(0).conversation.endPending(nanosOf(Date.now()));
  }

  private reportSlow(source: string, givenUp: boolean): void {
    const detail = givenUp
      ? `the redaction pattern /${source}/ was too slow again: from now on every text it would have to look at is hidden; rewrite it without nested repetition`
      : `the redaction pattern /${source}/ was too slow for a message, whose texts are hidden instead; rewrite it without nested repetition`;
    this.channelOf(0).conversation.report('slow_redaction', detail, nanosOf(Date.now()), null);
  }

  private control(record: ShimRecord, message: ControlMessage, timeNanos: Nanos): void {
    const channel = this.channelOf(record.conversation);
    switch (message.type) {
      case 'open':
        for (const [key, value] of Object.entries(message.attributes)) {
          channel.conversation.setAttribute(key, value);
        }
        return;
      case 'attribute':
        channel.conversation.setAttribute(message.key, message.value);
        return;
      case 'finding':
        channel.conversation.report(message.kind as FindingKind, message.detail, timeNanos);
        return;
      case 'stream':
        this.streams.set(
          message.stream,
          new ResponseStream(message, channel.conversation, this.onUnreadable),
        );
        return;
      case 'exit':
        if (channel.conversation.isWaitedFor) {
          channel.conversation.report('server_exit', message.detail, timeNanos);
        }
        return;
      case 'outer':
        channel.outer = message.traceparent;
        return;
      case 'streamEnd': {
        const decoding = this.streams.get(message.stream)?.end(message.settlement, timeNanos);
        this.streams.delete(message.stream);
        if (decoding) channel.decoding = Promise.all([channel.decoding, decoding]);
        return;
      }
      case 'settle':
        channel.conversation.settle(
          'client-to-server',
          message.ids,
          { ...message.settlement, statusCode: null },
          timeNanos,
        );
        return;
      case 'close': {
        channel.server.end();
        channel.errors.end();
        this.channels.delete(record.conversation);
        const { outcome, errorType, message: text } = message;
        const verdict = { outcome, errorType, message: text, statusCode: null };
        const { conversation, decoding } = channel;
        if (!decoding) conversation.end(verdict, timeNanos);
        else this.afterDecoding(decoding, () => conversation.end(verdict, timeNanos));
      }
    }
  }

  private afterDecoding(decoding: Promise<unknown>, work: () => void): void {
    const ended = decoding.then(work).catch(this.onUnreadable);
    this.decoding.add(ended);
    void ended.then(() => this.decoding.delete(ended));
  }

  private channelOf(number: number): Channel {
    const known = this.channels.get(number);
    if (known) return known;
    const conversation = new Conversation(
      {
        resource: this.resource(),
        version,
        attributes: {},
        content: this.content,
        payloadRules:
          this.options.payloadRules === null
            ? defaultPayloadRules
            : parsePayloadRules(this.options.payloadRules),
        injects: this.options.inject,
        pendingInput: this.pendingInput,
      },
      this.listener,
    );
    const channel: Channel = {
      conversation,
      server: new LineSplitter((line) => {
        conversation.receive('server-to-client', line, channel.timeNanos);
      }),
      errors: new LineSplitter((line) => {
        const text = Buffer.from(line.bytes).toString().replace(/\r$/, '');
        if (text !== '') conversation.stderr(text, channel.timeNanos);
      }, 16 << 10),
      timeNanos: 0n,
      head: null,
      outer: null,
      decoding: null,
    };
    this.channels.set(number, channel);
    return channel;
  }

  private resourceOnce: Attributes | null = null;

  /** One object for all spans: the encoder groups by identity. */
  private resource(): Attributes {
    this.resourceOnce ??= {
      'service.name': this.options.name,
      [own.serverName]: this.options.name,
      [own.serverCwd]: this.cwd,
      'process.pid': process.pid,
    };
    return this.resourceOnce;
  }
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(lineFeed, from);
    const end = at < 0 ? bytes.length : at;
    if (end > from) yield bytes.subarray(from, end);
    from = end + 1;
  }
}

/** Microseconds are what the clock gives. */
function nanosOf(milliseconds: number): Nanos {
  return BigInt(Math.round(milliseconds * 1000)) * 1000n;
}
