/**
 * The forwarding thread's side of the tap: copies what passed into blocks and hands them to the
 * telemetry thread every few milliseconds. Costs a copy; never waits. When the other thread
 * falls behind by `maxBehind` bytes, what comes then is counted instead of kept.
 */
import type { Worker } from 'node:worker_threads';
import { WallClock } from '../core/wallClock.js';
import {
  type ControlMessage,
  type FromTelemetry,
  progressBytes,
  runningSlot,
  type TelemetrySetup,
  type ToTelemetry,
} from './control.js';
import { type Draft, type RecordKind, recordKinds, sizeOfDraft, writeRecord } from './records.js';

const blockBytes = 64 << 10;
const flushMs = 25;
/** Without an answer for so long the telemetry starts all the same, so that the wait is seen. */
const startMs = 400;
/** The clock is set with each of the first times that it is asked for, then with each flush. */
const firstReadings = 100;
const maxBehind = 16 << 20;
const none = Buffer.alloc(0);

export class Outbox {
  private block: Buffer | null = null;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private used = 0;
  private waiting: { block: Buffer; used: number }[] = [];
  private queued = 0;
  private lost = 0;
  private worker: Worker | null = null;
  private starting: Promise<void> | null = null;
  private dead = false;
  private timer: NodeJS.Timeout | null = null;
  private readonly progress = new SharedArrayBuffer(progressBytes);
  /** What was read when it was last looked up, which is when it might be too little. */
  private readThen = 0;
  private readonly read = new BigInt64Array(this.progress);
  private readonly lastTraffic = new Float64Array(this.progress);
  private readonly running = new Int32Array(this.progress);
  private readonly clock = new WallClock(performance.timeOrigin);
  private readings = 0;

  /** `file` is the bundle of the telemetry thread. */
  constructor(
    private readonly file: string,
    private readonly setup: Omit<TelemetrySetup, 'progress'>,
  ) {}

  /** Milliseconds since the epoch with fractions; calling it means that traffic passes. */
  now(): number {
    if (this.readings < firstReadings) this.setClock();
    const now = this.clock.offset + performance.now();
    this.lastTraffic[1] = now;
    return now;
  }

  /** A call of the client's on stdio runs, as far as the other thread has read. */
  get isWaitedFor(): boolean {
    return !this.dead && Atomics.load(this.running, runningSlot) === 1;
  }

  append(draft: Draft): void {
    if (this.dead) return;
    const size = sizeOfDraft(draft);
    if (this.isBehind(size)) {
      this.lost += size;
      return;
    }
    if (this.lost > 0) {
      const number = this.lost;
      this.lost = 0;
      const gap = { kind: recordKinds.lost, conversation: 0, time: draft.time, number };
      const empty = { ...gap, bytes: none, start: 0, end: 0, contexts: null };
      this.write(empty, sizeOfDraft(empty));
    }
    this.write(draft, size);
  }

  /** A record of a whole buffer, without contexts. */
  copy(kind: RecordKind, conversation: number, time: number, bytes: Buffer, number = 0): void {
    const { length: end } = bytes;
    this.append({ kind, conversation, time, number, bytes, start: 0, end, contexts: null });
  }

  control(conversation: number, message: ControlMessage): void {
    this.copy(recordKinds.control, conversation, this.now(), Buffer.from(JSON.stringify(message)));
  }

  /** The thread costs CPU that a server needs while it starts: called when its first answer passed. */
  start(): Promise<void> {
    this.starting ??= this.startThread();
    return this.starting;
  }

  /** Resolves when all was delivered or spooled, soon after `withinMs` at the latest. */
  async finish(withinMs: number): Promise<void> {
    await this.start();
    const { worker } = this;
    if (!worker) return;
    this.flush();
    await new Promise<void>((resolve) => {
      // The thread bounds itself; this bounds one that hangs. On a busy machine it may have to wait
      // for a processor, since its priority is low.
      const limit = setTimeout(resolve, withinMs + 4_200);
      const done = () => {
        clearTimeout(limit);
        resolve();
      };
      worker.on('message', (message: FromTelemetry) => message.type === 'finished' && done());
      worker.on('exit', done);
      worker.postMessage({ type: 'finish', withinMs } satisfies ToTelemetry);
    });
  }

  private async startThread(): Promise<void> {
    // Read only now: it would cost every start a millisecond.
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(this.file, {
      workerData: { ...this.setup, progress: this.progress } satisfies TelemetrySetup,
      // Small heaps: what is kept lives shortly, and a wrapper should weigh little.
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 3 },
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

  private isBehind(size: number): boolean {
    if (this.queued + size - this.readThen <= maxBehind) return false;
    this.readThen = Number(Atomics.load(this.read, 0));
    return this.queued + size - this.readThen > maxBehind;
  }

  private write(draft: Draft, size: number): void {
    if (!this.block || this.used + size > this.block.length) {
      this.seal();
      this.block = Buffer.allocUnsafeSlow(Math.max(blockBytes, size));
      this.view = new DataView(this.block.buffer);
    }
    this.used = writeRecord(this.block, this.view, this.used, draft);
    this.queued += size;
    this.timer ??= setTimeout(this.onTimer, this.worker ? flushMs : startMs).unref();
  }

  private readonly onTimer = (): void => {
    this.timer = null;
    if (this.worker) this.flush();
    else void this.start();
  };

  private seal(): void {
    if (this.block && this.used > 0) this.waiting.push({ block: this.block, used: this.used });
    this.block = null;
    this.used = 0;
  }

  private flush(): void {
    if (!this.worker) return;
    this.seal();
    for (const { block, used } of this.waiting) {
      const whole = block.buffer as ArrayBuffer;
      // A block that is mostly empty is copied small, so that what waits weighs what it says.
      const bytes = used * 2 < whole.byteLength ? whole.slice(0, used) : whole;
      const message: ToTelemetry = { type: 'block', bytes, length: used };
      this.worker.postMessage(message, [bytes]);
    }
    this.waiting = [];
    this.setClock();
  }

  private setClock(): void {
    this.readings++;
    this.clock.compare(performance.now(), Date.now(), performance.now());
  }

  private die(): void {
    this.dead = true;
    this.worker = null;
    this.block = null;
    this.waiting = [];
  }
}
