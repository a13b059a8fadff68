/**
 * The client's side of the wire: forwards each line with a `traceparent` spliced into its
 * requests, and copies what came to the outbox. A line is held until its end has come, since its
 * last bytes may decide where the splice goes; one that is too long, or that stops for a while
 * in the middle, goes on untouched.
 */
import { scanMessages, stringAt } from '../core/jsonrpc/scan.js';
import { applyEdits, type ByteEdit, planTraceparent } from '../core/jsonrpc/splice.js';
import { formatTraceparent, parseTraceparent, randomHex } from '../core/mcp/traceContext.js';
import type { Outbox } from './outbox.js';
import { recordKinds } from './records.js';

/** A longer line is forwarded as it comes, without a splice. */
const maxHeld = 4 << 20;
/** What the outbox gets of a long line: its first and its last bytes. */
const maxKept = 1 << 20;
const keptTail = 16 << 10;
/** How long half a line may wait for its other half. */
const patienceMs = 50;
const lineFeed = 0x0a;

export class Injector {
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** The rest of the present line goes on untouched; its bytes so far. */
  private passing: { bytes: number; tail: Buffer } | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly inject: boolean,
    private readonly forward: (bytes: Uint8Array) => void,
  ) {}

  receive(chunk: Buffer): void {
    const time = this.outbox.now();
    let from = 0;
    if (this.passing) {
      from = this.pass(chunk, time);
      if (from === chunk.length) return;
    }
    const last = chunk.lastIndexOf(lineFeed) + 1;
    if (last > from) {
      const lines = this.take(
        from === 0 && last === chunk.length ? chunk : chunk.subarray(from, last),
      );
      this.forward(this.process(lines, time));
      from = last;
    }
    if (from < chunk.length) this.hold(chunk.subarray(from), time);
  }

  /** The client closed its side; what is held goes on. */
  end(): void {
    if (this.passing) this.finishPassing(this.outbox.now());
    else if (this.heldBytes > 0) {
      this.forward(this.process(this.take(null), this.outbox.now()));
    }
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
    if (this.heldBytes > maxHeld) this.letPass(time);
    else if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(() => this.letPass(this.outbox.now()), patienceMs);
  }

  private letPass(time: number): void {
    const start = this.take(null);
    this.passing = { bytes: start.length, tail: start.subarray(-keptTail) };
    this.forward(start);
    const head = start.subarray(0, maxKept);
    this.pendingHead = { head, time };
  }

  private pendingHead: { head: Buffer; time: number } | null = null;

  /** Forwards up to the end of the line that passes; returns where the next one starts. */
  private pass(chunk: Buffer, time: number): number {
    const passing = this.passing;
    if (!passing) return 0;
    const at = chunk.indexOf(lineFeed);
    const end = at < 0 ? chunk.length : at + 1;
    const part = end === chunk.length ? chunk : chunk.subarray(0, end);
    this.forward(part);
    const body = at < 0 ? part : part.subarray(0, at);
    const head = this.pendingHead;
    if (head && head.head.length < maxKept) {
      head.head = Buffer.concat([head.head, body.subarray(0, maxKept - head.head.length)]);
    }
    passing.bytes += body.length;
    passing.tail = Buffer.concat([passing.tail, body.subarray(-keptTail)]).subarray(-keptTail);
    if (at >= 0) this.finishPassing(time);
    return end;
  }

  private finishPassing(_time: number): void {
    const passing = this.passing;
    const head = this.pendingHead;
    this.passing = null;
    this.pendingHead = null;
    if (!passing || !head) return;
    const { clientLine, clientTail } = recordKinds;
    this.outbox.append(clientLine, 0, head.time, head.head, passing.bytes);
    if (passing.bytes > head.head.length)
      this.outbox.append(clientTail, 0, head.time, passing.tail);
  }

  /** Whole lines, the last of them perhaps without its line feed. */
  private process(bytes: Buffer, time: number): Uint8Array {
    const edits: ByteEdit[] = [];
    let from = 0;
    while (from < bytes.length) {
      const at = bytes.indexOf(lineFeed, from);
      const end = at < 0 ? bytes.length : at;
      if (end > from) {
        const contexts = this.inject ? this.plan(bytes, from, end, edits) : [];
        this.copy(bytes.subarray(from, end), time, contexts);
      }
      from = end + 1;
    }
    return edits.length === 0 ? bytes : applyEdits(bytes, edits);
  }

  private copy(line: Buffer, time: number, contexts: readonly (string | null)[]): void {
    const { clientLine, clientTail } = recordKinds;
    if (line.length <= maxKept)
      this.outbox.append(clientLine, 0, time, line, line.length, contexts);
    else {
      this.outbox.append(clientLine, 0, time, line.subarray(0, maxKept), line.length, contexts);
      this.outbox.append(clientTail, 0, time, line.subarray(-keptTail));
    }
  }

  private plan(bytes: Buffer, start: number, end: number, edits: ByteEdit[]): (string | null)[] {
    const contexts: (string | null)[] = [];
    for (const message of scanMessages(bytes, start, end) ?? []) {
      if (message.kind !== 'request') continue;
      const { traceparent: place } = message;
      const incoming = place ? parseTraceparent(stringAt(bytes, place.start, place.end)) : null;
      const mine = formatTraceparent({
        traceId: incoming?.traceId ?? randomHex(32),
        spanId: randomHex(16),
        flags: incoming?.flags ?? 1,
      });
      const edit = planTraceparent(bytes, message, mine);
      if (edit) edits.push(edit);
      contexts.push(edit && contexts.length < 255 ? mine : null);
    }
    return contexts.length > 255 ? contexts.slice(0, 255) : contexts;
  }
}
