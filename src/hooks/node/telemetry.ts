import type { Attributes } from '../../core/trace/model.js';
import { encodeLogs, writeSpans } from './encode.js';
import { JsonBytes } from './jsonBytes.js';
import { type LogRecord, type SpanRecord, setClock } from './records.js';
import type { Sender } from './sender.js';

/**
 * Long enough to send many at once, and no longer: what waits survives the collector of young
 * objects, which costs a busy server more than another batch does.
 */
const flushMs = 10;
const maxWaiting = 5000;

/** What becomes spans when the batch is sent: all that is costly about them happens off the path. */
export interface SpanSource {
  /** Writes, with a comma before it, what is one span of the hook's own as JSON; false when it is more, or another. */
  writeTo?(out: JsonBytes): boolean;
  toSpans(): readonly SpanRecord[];
}

/** Collects what the hook saw and sends it in batches, off the path of any call. */
export class Telemetry {
  private sources: SpanSource[] = [];
  private logs: LogRecord[] = [];
  private readonly out = new JsonBytes();
  private timer: NodeJS.Timeout | undefined;
  private readonly beforeFlush: ((isLast: boolean) => void)[] = [];

  constructor(
    private readonly sender: Sender,
    private readonly resource: Attributes,
  ) {
    process.once('exit', () => this.flush(true));
  }

  addSpan(make: () => SpanRecord): void {
    this.add({ toSpans: () => [make()] });
  }

  add(source: SpanSource): void {
    if (this.sources.length < maxWaiting) this.sources.push(source);
    this.schedule();
  }

  addLog(log: LogRecord): void {
    if (this.logs.length < maxWaiting) this.logs.push(log);
    this.schedule();
  }

  /** Runs before each batch, and before the last one of the process. */
  onFlush(step: (isLast: boolean) => void): void {
    this.beforeFlush.push(step);
  }

  private schedule(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => this.flush(), flushMs);
    this.timer.unref();
  }

  flush(isLast = false): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      setClock();
      for (const step of this.beforeFlush) step(isLast);
      const { sources, logs } = this;
      this.sources = [];
      this.logs = [];
      if (logs.length > 0) {
        this.sender.post('/v1/logs', Buffer.from(encodeLogs(this.resource, logs)));
      }
      if (sources.length > 0) {
        writeSpans(this.out, this.resource, sources);
        this.sender.post('/v1/traces', this.out.written);
      }
    } catch {
      // Telemetry that cannot be sent must not disturb the server.
    }
  }
}
