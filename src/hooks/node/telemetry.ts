import type { Attributes } from '../../core/trace/model.js';
import { encodeLogs, encodeSpans } from './encode.js';
import type { LogRecord, SpanRecord } from './records.js';
import type { Sender } from './sender.js';

/** Long enough to send many at once, short enough for a live view. */
const flushMs = 30;
/** While calls follow each other closely, their spans wait for a pause, so many turns at most. */
const maxTurns = 8;
/** What comes within one turn from then on is no single call. */
const manyInTurn = 20;
const maxWaiting = 5000;

/** What becomes spans when the batch is sent: all that is costly about them happens off the path. */
export interface SpanSource {
  toSpans(): readonly SpanRecord[];
}

/** Collects what the hook saw and sends it in batches, off the path of any call. */
export class Telemetry {
  private sources: SpanSource[] = [];
  private logs: LogRecord[] = [];
  private timer: NodeJS.Timeout | undefined;
  private addedInTurn = 0;
  private turns = 0;
  private readonly beforeFlush: (() => void)[] = [];

  constructor(
    private readonly sender: Sender,
    private readonly resource: Attributes,
  ) {
    process.once('exit', () => this.flush());
  }

  addSpan(make: () => SpanRecord): void {
    this.add({ toSpans: () => [make()] });
  }

  add(source: SpanSource): void {
    if (this.sources.length < maxWaiting) this.sources.push(source);
    this.addedInTurn++;
    this.schedule();
  }

  addLog(log: LogRecord): void {
    if (this.logs.length < maxWaiting) this.logs.push(log);
    this.schedule();
  }

  /** Runs before each batch, e.g. to find out where functions stand. */
  onFlush(step: () => void): void {
    this.beforeFlush.push(step);
  }

  schedule(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => this.endTurn(), flushMs);
    this.timer.unref();
  }

  private endTurn(): void {
    const isBusy = this.addedInTurn > manyInTurn && this.sources.length < maxWaiting / 2;
    this.addedInTurn = 0;
    if (!isBusy || ++this.turns >= maxTurns) {
      this.flush();
    } else {
      this.timer = undefined;
      this.schedule();
    }
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.turns = 0;
    try {
      for (const step of this.beforeFlush) step();
      const { sources, logs } = this;
      this.sources = [];
      this.logs = [];
      if (logs.length > 0) this.sender.post('/v1/logs', encodeLogs(this.resource, logs));
      if (sources.length > 0) {
        const spans = sources.flatMap((source) => source.toSpans());
        this.sender.post('/v1/traces', encodeSpans(this.resource, spans));
      }
    } catch {
      // Telemetry that cannot be sent must not disturb the server.
    }
  }
}
