/**
 * The forwarding thread's side of the tap: copies what passed into blocks and hands them to the
 * telemetry thread every few milliseconds. Costs a copy; never waits. When the other thread
 * falls behind by `maxBehind` bytes, what comes then is counted instead of kept.
 */
import { Worker } from 'node:worker_threads';
import type { ControlMessage, FromTelemetry, TelemetrySetup, ToTelemetry } from './control.js';
import { contextBytes, headerBytes, type RecordKind, recordKinds, writeRecord } from './records.js';

const blockBytes = 64 << 10;
const flushMs = 8;
/** Without an answer for so long the telemetry starts all the same, so that the wait is seen. */
const startMs = 400;
const maxBehind = 24 << 20;
const none = new Uint8Array(0);
const noContexts: readonly null[] = [];

export class Outbox {
  private block: Buffer | null = null;
  private used = 0;
  private waiting: Buffer[] = [];
  private queued = 0;
  private lost = 0;
  private worker: Worker | null = null;
  private dead = false;
  private timer: NodeJS.Timeout | null = null;
  private startTimer: NodeJS.Timeout | null = null;
  private readonly progress = new SharedArrayBuffer(8);
  private readonly read = new BigInt64Array(this.progress);
  private clockOffset = performance.timeOrigin;

  /** `file` is the bundle that starts the telemetry thread when it is not the main thread. */
  constructor(
    private readonly file: string,
    private readonly setup: Omit<TelemetrySetup, 'progress'>,
  ) {}

  /** Milliseconds since the epoch with fractions. */
  now(): number {
    return this.clockOffset + performance.now();
  }

  append(
    kind: RecordKind,
    conversation: number,
    time: number,
    payload: Uint8Array,
    number = 0,
    contexts: readonly (string | null)[] = noContexts,
  ): void {
    if (this.dead) return;
    const size = headerBytes + contexts.length * contextBytes + payload.length;
    if (this.isBehind(size)) {
      this.lost += size;
      return;
    }
    if (this.lost > 0) {
      const lost = this.lost;
      this.lost = 0;
      this.write(headerBytes, recordKinds.lost, 0, time, none, lost, noContexts);
    }
    this.write(size, kind, conversation, time, payload, number, contexts);
  }

  control(conversation: number, message: ControlMessage): void {
    this.append(
      recordKinds.control,
      conversation,
      this.now(),
      Buffer.from(JSON.stringify(message)),
    );
  }

  /** The thread costs CPU that a server needs while it starts; call this when the first answer passed. */
  start(): void {
    if (this.worker || this.dead) return;
    if (this.startTimer) clearTimeout(this.startTimer);
    const worker = new Worker(this.file, {
      workerData: { ...this.setup, progress: this.progress } satisfies TelemetrySetup,
      // Small heaps: what is kept lives shortly, and a wrapper should weigh little.
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 },
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    this.worker = worker;
    worker.unref();
    worker.on('error', () => this.die());
    worker.on('exit', () => this.die());
    this.flush();
  }

  /** Resolves when all was delivered or spooled, after `withinMs` at the latest. */
  async finish(withinMs: number): Promise<void> {
    if (this.dead) return;
    this.start();
    const worker = this.worker;
    if (!worker) return;
    this.flush();
    await new Promise<void>((resolve) => {
      // The thread bounds itself; this bounds a thread that hangs.
      const limit = setTimeout(resolve, withinMs + 500);
      const done = () => {
        clearTimeout(limit);
        resolve();
      };
      worker.on('message', (message: FromTelemetry) => message.type === 'finished' && done());
      worker.on('exit', done);
      worker.postMessage({ type: 'finish', withinMs } satisfies ToTelemetry);
    });
  }

  private isBehind(size: number): boolean {
    return this.queued + size - Number(Atomics.load(this.read, 0)) > maxBehind;
  }

  private write(
    size: number,
    kind: RecordKind,
    conversation: number,
    time: number,
    payload: Uint8Array,
    number: number,
    contexts: readonly (string | null)[],
  ): void {
    if (!this.block || this.used + size > this.block.length) {
      this.seal();
      this.block = Buffer.allocUnsafeSlow(Math.max(blockBytes, size));
    }
    this.used = writeRecord(
      this.block,
      this.used,
      kind,
      conversation,
      time,
      number,
      contexts,
      payload,
    );
    this.queued += size;
    if (this.worker) this.timer ??= setTimeout(this.flush, flushMs).unref();
    else this.startTimer ??= setTimeout(() => this.start(), startMs).unref();
  }

  private seal(): void {
    if (this.block && this.used > 0) this.waiting.push(this.block.subarray(0, this.used));
    this.block = null;
    this.used = 0;
  }

  private readonly flush = (): void => {
    this.timer = null;
    if (!this.worker) return;
    this.seal();
    for (const block of this.waiting) {
      const bytes =
        block.length * 2 < block.buffer.byteLength
          ? (block.buffer.slice(0, block.length) as ArrayBuffer)
          : (block.buffer as ArrayBuffer);
      this.worker.postMessage(
        { type: 'block', bytes, length: block.length } satisfies ToTelemetry,
        [bytes],
      );
    }
    this.waiting = [];
    // The monotonic clock stands still while a machine sleeps.
    const drift = Date.now() - this.now();
    if (Math.abs(drift) > 20) this.clockOffset += drift;
  };

  private die(): void {
    this.dead = true;
    this.worker = null;
    this.block = null;
    this.waiting = [];
  }
}
