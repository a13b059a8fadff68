/**
 * The client's side of the wire: forwards each line with a `traceparent` spliced into its
 * requests, then copies what came to the outbox. A line is held until its end has come, since its
 * last bytes may decide where the splice goes; one that is too long, or that stops for a while
 * in the middle, goes on untouched.
 */
import { traceparentBytes } from '../core/mcp/traceContext.js';
import { keptTailBytes, maxKeptBytes } from './limits.js';
import type { Outbox } from './outbox.js';
import { PassingLine } from './passingLine.js';
import { recordKinds } from './records.js';
import type { RetryContexts } from './retryContexts.js';
import { SplicePlan } from './splicePlan.js';

/** A longer line is forwarded as it comes, without a splice. */
const maxHeld = 4 << 20;
/** How long half a line may wait for its other half. */
const patienceMs = 250;
/** What is spliced is put together here, if it fits. */
const workBytes = 64 << 10;
const lineFeed = 0x0a;

export class Injector {
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** The line whose rest goes on untouched. */
  private passing: PassingLine | null = null;
  private timer: NodeJS.Timeout | null = null;
  private work: Buffer | null = null;
  private readonly plan: SplicePlan;

  /** `forward` says whether the bytes are still needed when it returns. */
  constructor(
    private readonly outbox: Outbox,
    private readonly inject: boolean,
    private readonly retries: RetryContexts,
    private readonly forward: (bytes: Buffer) => boolean,
  ) {
    this.plan = new SplicePlan(retries);
  }

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
    // The bytes are the reader's again when it gets them back.
    this.held.push(Buffer.from(part));
    this.heldBytes += part.length;
    if (!this.inject || this.heldBytes > maxHeld) this.letPass(time);
    else if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.giveUp(), patienceMs);
  }

  /** Not before what came meanwhile was read: a process that stood still has waited for nothing. */
  private giveUp(): void {
    const { timer } = this;
    const held = this.heldBytes;
    setImmediate(() => {
      if (this.timer === timer && this.heldBytes === held) this.letPass(this.outbox.now());
    });
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
    const { plan } = this;
    plan.clear();
    if (this.inject) plan.addLines(bytes);
    if (!plan.isNeeded) {
      this.forward(bytes);
      this.copy(bytes, time);
      return;
    }
    const out = this.room(bytes.length + plan.growth);
    plan.splice(bytes, out);
    const isHeld = this.forward(out);
    if (plan.isStateless) this.noteAsked(out);
    this.copy(bytes, time);
    if (isHeld) this.work = null;
  }

  private room(size: number): Buffer {
    if (size > workBytes) return Buffer.allocUnsafe(size);
    this.work ??= Buffer.allocUnsafeSlow(workBytes);
    return this.work.subarray(0, size);
  }

  private noteAsked(out: Buffer): void {
    const { requests, count } = this.plan;
    for (const { id, place } of requests.slice(0, count)) {
      if (id === null) continue;
      this.retries.asked(id, out.toString('latin1', place, place + traceparentBytes));
    }
  }

  private copy(bytes: Buffer, time: number): void {
    const { plan, outbox } = this;
    const { length: end } = bytes;
    if (end > maxKeptBytes) {
      this.copyLines(bytes, time);
      return;
    }
    const kind = recordKinds.clientLines;
    const contexts = plan.isNeeded ? plan.contexts() : null;
    outbox.append({ kind, conversation: 0, time, number: 0, bytes, start: 0, end, contexts });
  }

  /** Each by itself, since one may be too long to be kept. */
  private copyLines(bytes: Buffer, time: number): void {
    const { plan, outbox } = this;
    const common = { kind: recordKinds.clientLine, conversation: 0, time, bytes };
    let first = 0;
    for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
      end = bytes.indexOf(lineFeed, start);
      if (end < 0) end = bytes.length;
      if (end === start) continue;
      let next = first;
      while (next < plan.count && (plan.requests[next]?.at ?? 0) < end) next++;
      const kept = Math.min(end, start + maxKeptBytes);
      const contexts = plan.isNeeded ? plan.contexts(first, next - first) : null;
      outbox.append({ ...common, number: end - start, start, end: kept, contexts });
      first = next;
      if (kept === end) continue;
      const tail = bytes.subarray(Math.max(kept, end - keptTailBytes), end);
      outbox.copy(recordKinds.clientTail, 0, time, tail);
    }
  }
}
