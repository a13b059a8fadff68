/**
 * What is to be spliced into a chunk of the client's lines. One plan serves chunk after chunk and
 * keeps its parts, so that planning makes no garbage.
 */
import { ScannedMessage, scanMessage, scanMessages } from '../core/jsonrpc/scan.js';
import { planSplice, type SpliceFrame, traceparentBytes } from '../core/jsonrpc/splice.js';
import { stringAt, textOf } from '../core/jsonrpc/tokens.js';
import { parseTraceparent, type TraceContext, writeTraceparent } from '../core/mcp/traceContext.js';
import type { RetryContexts } from './retryContexts.js';

/** A request that gets a `traceparent`, or that has no place for one (`frame` is null). */
export interface PlannedRequest {
  /** Replace `remove` bytes at `at`. */
  at: number;
  remove: number;
  frame: SpliceFrame | null;
  parent: TraceContext | null;
  /** The `traceparent` of the call that this request continues. */
  again: string | null;
  /** The id as spelled, of a request whose answer may want input. */
  id: string | null;
}

/** A record counts its contexts in one byte; requests past that in one batch stay as they are. */
const maxRequestsOfLine = 255;
const statelessMark = 'io.modelcontextprotocol/protocolVersion';

export class SplicePlan {
  /** How many bytes longer the chunk becomes. */
  growth = 0;
  /** Whether anything is spliced. */
  isNeeded = false;
  /** Requests in the order of the text; only the first `count` are of this chunk. */
  readonly requests: PlannedRequest[] = [];
  count = 0;
  private readonly scanned = new ScannedMessage(0);

  constructor(private readonly retries: RetryContexts) {}

  clear(): void {
    this.growth = 0;
    this.isNeeded = false;
    this.count = 0;
  }

  /** Plans one line of `bytes`; says how many requests it holds. */
  addLine(bytes: Buffer, start: number, end: number): number {
    const { scanned, count } = this;
    if (scanMessage(bytes, start, end, scanned)) this.addMessage(bytes, scanned);
    else {
      for (const message of scanMessages(bytes, start, end) ?? []) {
        if (this.count - count < maxRequestsOfLine) this.addMessage(bytes, message);
      }
    }
    return this.count - count;
  }

  /** A parent for requests that bring none of their own. */
  adopt(parent: TraceContext): void {
    for (let index = 0; index < this.count; index++) {
      const request = this.requests[index];
      if (request) request.parent ??= parent;
    }
  }

  /**
   * Writes `bytes` with every `traceparent` in its place to `out`, which is `growth` longer.
   * Returns where each request's stands, -1 for one without.
   */
  splice(bytes: Buffer, out: Buffer): readonly number[] {
    const places: number[] = [];
    let from = 0;
    let to = 0;
    for (let index = 0; index < this.count; index++) {
      const { at, remove, frame, parent, again } = this.requests[index] as PlannedRequest;
      if (!frame) {
        places.push(-1);
        continue;
      }
      to += bytes.copy(out, to, from, at);
      to = put(frame.before, out, to);
      places.push(to);
      if (again === null) writeTraceparent(out, to, parent);
      else out.write(again, to, traceparentBytes, 'latin1');
      to = put(frame.after, out, to + traceparentBytes);
      from = at + remove;
    }
    bytes.copy(out, to, from, bytes.length);
    return places;
  }

  private addMessage(bytes: Buffer, message: ScannedMessage): void {
    if (message.kind !== 'request') return;
    const request = this.nextRequest();
    request.frame = planSplice(bytes, message, request);
    const { traceparentStart: from, traceparentEnd: to, requestStateStart: state } = message;
    request.parent = from < 0 ? null : parseTraceparent(stringAt(bytes, from, to));
    request.again =
      state < 0 ? null : this.retries.of(textOf(bytes, state, message.requestStateEnd));
    request.id = isStateless(bytes, message) ? message.idIn(bytes) : null;
    if (!request.frame) return;
    const { before, after } = request.frame;
    this.growth += before.length + traceparentBytes + after.length - request.remove;
    this.isNeeded = true;
  }

  private nextRequest(): PlannedRequest {
    const old = this.requests[this.count++];
    if (old) return old;
    const made = { at: 0, remove: 0, frame: null, parent: null, again: null, id: null };
    this.requests.push(made);
    return made;
  }
}

/** Only there a call may be answered with a wish for input. */
function isStateless(bytes: Buffer, { metaStart, metaEnd }: ScannedMessage): boolean {
  if (metaStart < 0 || metaEnd - metaStart < statelessMark.length) return false;
  return bytes.subarray(metaStart, metaEnd).includes(statelessMark);
}

/** A few bytes: cheaper one by one than by a call out of the engine. */
function put(few: Uint8Array, out: Buffer, at: number): number {
  let to = at;
  for (let index = 0; index < few.length; index++) out[to++] = few[index] as number;
  return to;
}
