/**
 * What is to be spliced into a chunk of the client's lines. One plan serves chunk after chunk and
 * keeps its parts, so that planning makes no garbage.
 */
import { ScannedMessage, scanMessage, scanMessages } from '../core/jsonrpc/scan.js';
import { planSplice, type SpliceFrame } from '../core/jsonrpc/splice.js';
import { stringAt, textOf } from '../core/jsonrpc/tokens.js';
import {
  idBytes,
  newSpanId,
  newTraceId,
  parseTraceparent,
  readTraceparent,
  traceparentBytes,
  writeTraceparent,
} from '../core/mcp/traceContext.js';
import type { RetryContexts } from './retryContexts.js';

/** A request that gets a `traceparent`, or that has no place for one (`frame` is null). */
export interface PlannedRequest {
  /** Replace `remove` bytes at `at`. */
  at: number;
  remove: number;
  frame: SpliceFrame | null;
  /** Where its `traceparent` stands after the splice. */
  place: number;
  /** It is in a trace that the client began. */
  continues: boolean;
  sampled: boolean;
  /** The id as spelled, of a request whose answer may want input. */
  id: string | null;
}

const lineFeed = 0x0a;

export class SplicePlan {
  /** How many bytes longer the chunk becomes. */
  growth = 0;
  /** Whether anything is spliced. */
  isNeeded = false;
  /** Whether an answer may be a wish for input. */
  isStateless = false;
  /** Requests in the order of the text; only the first `count` are of this chunk. */
  readonly requests: PlannedRequest[] = [];
  count = 0;
  /** The ids of the requests, one behind the other; zeros for one without a place. */
  private ids = Buffer.alloc(64 * idBytes);
  private readonly scanned = new ScannedMessage(0);

  constructor(private readonly retries: RetryContexts) {}

  clear(): void {
    this.growth = 0;
    this.isNeeded = false;
    this.isStateless = false;
    this.count = 0;
  }

  /** Plans every line of `bytes`. */
  addLines(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const at = bytes.indexOf(lineFeed, from);
      const end = at < 0 ? bytes.length : at;
      if (end > from) this.addLine(bytes, from, end);
      from = end + 1;
    }
  }

  /** Plans one message, or one batch, of `bytes`. */
  addLine(bytes: Buffer, start: number, end: number): void {
    const { scanned } = this;
    if (scanMessage(bytes, start, end, scanned)) this.addMessage(bytes, scanned);
    else {
      for (const message of scanMessages(bytes, start, end) ?? []) this.addMessage(bytes, message);
    }
  }

  /** A parent for requests that bring none of their own. False when `traceparent` is not valid. */
  adopt(traceparent: string): boolean {
    const parent = new Uint8Array(idBytes);
    const flags = this.read(traceparent, parent, 0);
    if (flags < 0) return false;
    for (let index = 0; index < this.count; index++) {
      const request = this.requests[index] as PlannedRequest;
      if (request.continues || !request.frame) continue;
      request.continues = true;
      request.sampled = (flags & 1) === 1;
      this.ids.set(parent, index * idBytes);
      newSpanId(this.ids, index * idBytes);
    }
    return true;
  }

  /** The ids that `count` requests from `first` on were given; changes with the next chunk. */
  contexts(first = 0, count = this.count): Buffer {
    return this.ids.subarray(first * idBytes, (first + count) * idBytes);
  }

  /** Writes `bytes` with every `traceparent` in its place to `out`, which is `growth` longer. */
  splice(bytes: Buffer, out: Buffer): void {
    let from = 0;
    let to = 0;
    for (let index = 0; index < this.count; index++) {
      const request = this.requests[index] as PlannedRequest;
      const { at, remove, frame } = request;
      if (!frame) continue;
      to += bytes.copy(out, to, from, at);
      to = put(frame.before, out, to);
      request.place = to;
      writeTraceparent(out, to, this.ids, index * idBytes, request.sampled);
      to = put(frame.after, out, to + traceparentBytes);
      from = at + remove;
    }
    bytes.copy(out, to, from, bytes.length);
  }

  /** Plans a message of `bytes`. */
  addMessage(bytes: Buffer, message: ScannedMessage): void {
    if (message.kind !== 'request') return;
    const ids = this.count * idBytes;
    const request = this.nextRequest();
    request.id = null;
    request.frame = planSplice(bytes, message, request);
    if (!request.frame) {
      this.ids.fill(0, ids, ids + idBytes);
      return;
    }
    this.identify(bytes, message, request, ids);
    if (message.isStateless) {
      this.isStateless = true;
      request.id = message.idIn(bytes);
    }
    const { before, after } = request.frame;
    this.growth += before.length + traceparentBytes + after.length - request.remove;
    this.isNeeded = true;
  }

  /** The ids of the call that it continues; else new ones, in the client's trace if there is one. */
  private identify(
    bytes: Buffer,
    message: ScannedMessage,
    request: PlannedRequest,
    at: number,
  ): void {
    const { traceparentStart: from, traceparentEnd: to } = message;
    let flags = -1;
    if (from >= 0) {
      // Between its quotes, as nearly all are spelled.
      flags = readTraceparent(bytes, from + 1, to - 1, this.ids, at);
      if (flags < 0) flags = this.read(stringAt(bytes, from, to), this.ids, at);
    }
    const state = message.requestStateStart;
    const again = state < 0 ? null : this.retries.of(textOf(bytes, state, message.requestStateEnd));
    if (again !== null) flags = this.read(again, this.ids, at);
    request.continues = flags >= 0;
    request.sampled = flags < 0 || (flags & 1) === 1;
    if (again !== null) return;
    if (flags < 0) newTraceId(this.ids, at);
    newSpanId(this.ids, at);
  }

  /** Flags of a `traceparent` of any version, -1 when it is not valid. */
  private read(traceparent: string, ids: Uint8Array, at: number): number {
    const context = parseTraceparent(traceparent);
    if (!context) return -1;
    const { traceId, spanId, flags } = context;
    const first = Buffer.from(`00-${traceId}-${spanId}-00`, 'latin1');
    readTraceparent(first, 0, first.length, ids, at);
    return flags;
  }

  private nextRequest(): PlannedRequest {
    if (this.count * idBytes === this.ids.length) {
      this.ids = Buffer.concat([this.ids], this.ids.length * 2);
    }
    const old = this.requests[this.count++];
    if (old) return old;
    const made = { at: 0, remove: 0, frame: null, place: -1, continues: false, sampled: true };
    const request: PlannedRequest = { ...made, id: null };
    this.requests.push(request);
    return request;
  }
}

/** A few bytes: cheaper one by one than by a call out of the engine. */
function put(few: Uint8Array, out: Buffer, at: number): number {
  let to = at;
  for (let index = 0; index < few.length; index++) out[to++] = few[index] as number;
  return to;
}
