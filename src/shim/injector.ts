/**
 * The client's side of the wire: forwards each line with a `traceparent` spliced into its
 * requests, then copies what came to the outbox. A line is held until its end has come, since its
 * last bytes may decide where the splice goes; one that is too long, or that stops for a while
 * in the middle, goes on untouched.
 */
import { type ScannedMessage, scanMessages } from '../core/jsonrpc/scan.js';
import { growthOf, planSplice, type Splice, traceparentBytes } from '../core/jsonrpc/splice.js';
import { stringAt, textOf } from '../core/jsonrpc/tokens.js';
import { parseTraceparent, type TraceContext, writeTraceparent } from '../core/mcp/traceContext.js';
import { keptTailBytes, maxKeptBytes } from './limits.js';
import type { Outbox } from './outbox.js';
import { PassingLine } from './passingLine.js';
import { recordKinds } from './records.js';
import type { RetryContexts } from './retryContexts.js';

/** A longer line is forwarded as it comes, without a splice. */
const maxHeld = 4 << 20;
/** How long half a line may wait for its other half. */
const patienceMs = 250;
const lineFeed = 0x0a;

/** A request that gets a `traceparent`, or that has no place for one. */
interface Planned {
  readonly splice: Splice | null;
  readonly parent: TraceContext | null;
  /** The `traceparent` of the call that this request continues. */
  readonly again: string | null;
  /** The id as spelled, of a request whose answer may want input. */
  readonly id: string | null;
}

interface PlannedLine {
  readonly start: number;
  readonly end: number;
  readonly requests: readonly Planned[];
}

export interface Injected {
  readonly bytes: Buffer;
  /** Where the `traceparent`s stand in `bytes`, line by line; -1 for a request without. */
  readonly places: readonly (readonly number[])[];
}

const noRequests: readonly Planned[] = [];

export class Injector {
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** The line whose rest goes on untouched. */
  private passing: PassingLine | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly inject: boolean,
    private readonly retries: RetryContexts,
    private readonly forward: (bytes: Buffer) => void,
  ) {}

  receive(chunk: Buffer): void {
    const time = this.outbox.now();
    let from = 0;
    if (this.passing) {
      const at = chunk.indexOf(lineFeed);
      from = at < 0 ? chunk.length : at + 1;
      const part = from === chunk.length ? chunk : chunk.subarray(0, from);
      this.forward(part);
      this.passing.add(at < 0 ? part : part.subarray(0, at));
      if (at >= 0) this.finishPassing();
    }
    const last = chunk.lastIndexOf(lineFeed) + 1;
    if (last > from) {
      const whole = from === 0 && last === chunk.length ? chunk : chunk.subarray(from, last);
      this.process(this.take(whole), time);
      from = last;
    }
    if (from < chunk.length) this.hold(chunk.subarray(from), time);
  }

  /** The client closed its side; what is held goes on. */
  end(): void {
    if (this.heldBytes > 0) this.process(this.take(null), this.outbox.now());
    this.finishPassing();
  }

  private take(rest: Buffer | null): Buffer {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.heldBytes === 0 && rest) return rest;
    const whole = Buffer.concat(rest ? [...this.held, rest] : this.held);
    this.held = [];
    this.heldBytes = 0;
    return whole;
  }

  private hold(part: Buffer, time: number): void {
    this.held.push(part);
    this.heldBytes += part.length;
    if (!this.inject || this.heldBytes > maxHeld) this.letPass(time);
    else if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.letPass(this.outbox.now()), patienceMs);
  }

  private letPass(time: number): void {
    const start = this.take(null);
    this.forward(start);
    this.passing = new PassingLine(time);
    this.passing.add(start);
  }

  private finishPassing(): void {
    this.passing?.copyTo(this.outbox);
    this.passing = null;
  }

  /** Whole lines, the last of them perhaps without its line feed. */
  private process(bytes: Buffer, time: number): void {
    const lines: PlannedLine[] = [];
    let growth = 0;
    for (let from = 0; from < bytes.length; ) {
      const at = bytes.indexOf(lineFeed, from);
      const end = at < 0 ? bytes.length : at;
      if (end > from) {
        const requests = this.inject ? planLine(bytes, from, end, this.retries) : noRequests;
        for (const { splice } of requests) if (splice) growth += growthOf(splice);
        lines.push({ start: from, end, requests });
      }
      from = end + 1;
    }
    const injected =
      growth === 0 && !lines.some(hasSplice) ? null : spliceAll(bytes, lines, growth);
    this.forward(injected?.bytes ?? bytes);
    for (const [index, line] of lines.entries()) {
      const places = injected?.places[index];
      if (injected && places) this.noteAsked(injected.bytes, line, places);
      this.copy(bytes, line, time, places && injected ? { bytes: injected.bytes, places } : null);
    }
  }

  private noteAsked(out: Buffer, line: PlannedLine, places: readonly number[]): void {
    for (const [index, { id }] of line.requests.entries()) {
      const place = places[index] ?? -1;
      if (id === null || place < 0) continue;
      this.retries.asked(id, out.toString('latin1', place, place + traceparentBytes));
    }
  }

  private copy(
    bytes: Buffer,
    { start, end }: PlannedLine,
    time: number,
    contexts: { bytes: Buffer; places: readonly number[] } | null,
  ): void {
    const { clientLine: kind } = recordKinds;
    const length = end - start;
    if (length <= maxKeptBytes) {
      this.outbox.append({
        kind,
        conversation: 0,
        time,
        number: length,
        bytes,
        start,
        end,
        contexts,
      });
      return;
    }
    const kept = start + maxKeptBytes;
    this.outbox.append({
      kind,
      conversation: 0,
      time,
      number: length,
      bytes,
      start,
      end: kept,
      contexts,
    });
    const tail = bytes.subarray(Math.max(kept, end - keptTailBytes), end);
    this.outbox.copy(recordKinds.clientTail, 0, time, tail);
  }
}

function hasSplice(line: PlannedLine): boolean {
  return line.requests.some(({ splice }) => splice !== null);
}

/** A record counts its contexts in one byte; requests past that in one batch stay as they are. */
const maxContexts = 255;

export function planLine(
  bytes: Buffer,
  start: number,
  end: number,
  retries: RetryContexts,
): readonly Planned[] {
  const messages = scanMessages(bytes, start, end);
  if (!messages) return noRequests;
  const planned: Planned[] = [];
  for (const message of messages) {
    if (message.kind !== 'request' || planned.length === maxContexts) continue;
    const { traceparentStart: from, traceparentEnd: to, requestStateStart: state } = message;
    planned.push({
      splice: planSplice(bytes, message),
      parent: from < 0 ? null : parseTraceparent(stringAt(bytes, from, to)),
      again: state < 0 ? null : retries.of(textOf(bytes, state, message.requestStateEnd)),
      id: isStateless(bytes, message) ? message.idIn(bytes) : null,
    });
  }
  return planned;
}

const statelessMark = 'io.modelcontextprotocol/protocolVersion';

/** Only there a call may be answered with a wish for input. */
function isStateless(bytes: Buffer, { metaStart, metaEnd }: ScannedMessage): boolean {
  if (metaStart < 0 || metaEnd - metaStart < statelessMark.length) return false;
  return bytes.subarray(metaStart, metaEnd).includes(statelessMark);
}

/** `bytes` with every planned `traceparent` in its place. */
export function spliceAll(bytes: Buffer, lines: readonly PlannedLine[], growth: number): Injected {
  const out = Buffer.allocUnsafe(bytes.length + growth);
  let from = 0;
  let to = 0;
  const places = lines.map(({ requests }) =>
    requests.map(({ splice, parent, again }) => {
      if (!splice) return -1;
      const { at, remove, frame } = splice;
      to += bytes.copy(out, to, from, at);
      out.set(frame.before, to);
      to += frame.before.length;
      const place = to;
      if (again === null) writeTraceparent(out, place, parent);
      else out.write(again, place, traceparentBytes, 'latin1');
      to += traceparentBytes;
      out.set(frame.after, to);
      to += frame.after.length;
      from = at + remove;
      return place;
    }),
  );
  bytes.copy(out, to, from, bytes.length);
  return { bytes: out, places };
}
