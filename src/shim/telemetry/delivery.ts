/**
 * Takes what conversations tell, shows running calls at once and sends finished ones in batches:
 * bounded queue, one request in flight, retry with back-off, a spool when nobody answers.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { scopes } from '../../core/mcp/conventions.js';
import type { ConversationListener } from '../../core/mcp/conversation.js';
import { findingLog } from '../../core/mcp/findings.js';
import type { OpenCall } from '../../core/mcp/openCall.js';
import type { Attributes, LogRecord, Outcome, Span, SpanEvent } from '../../core/trace/model.js';
import { discoverCollector, type Target } from '../discovery.js';
import type { ShimOptions } from '../options.js';
import { version } from '../version.js';
import { encodeLogs, encodeSpans } from './encode.js';
import { LiveChannel } from './live.js';
import { postOtlp } from './post.js';
import { Queue } from './queue.js';
import type { Spool } from './spool.js';

/** A call that ends sooner was never worth showing as running. */
const showAfterMs = 40;
const flushMs = 60;
const requestMs = 10_000;
/** Larger bodies are compressed when they leave the machine. */
const gzipFrom = 8 << 10;
const firstRetryMs = 500;
const maxRetryMs = 10_000;
/** A receiver that asks for more patience than this gets no more. */
const maxRetryAfterMs = 3_600_000;
/** After so many failures in a row what waits is spooled instead of kept in memory. */
const patience = 3;
/** How often the announcements of collectors are read while there is none. */
const lookEveryMs = 3_000;

export class Delivery implements ConversationListener {
  private readonly spans = new Queue<Span>(encodeSpans, () => this.spoolNow());
  private readonly logs = new Queue<LogRecord>(encodeLogs, () => this.spoolNow());
  private live: LiveChannel | null = null;
  /** Calls that run but were not shown yet, by span id. */
  private readonly unseen = new Map<string, OpenCall>();
  private readonly shown = new Set<string>();
  private showTimer: NodeJS.Timeout | null = null;
  private flushTimer: NodeJS.Timeout | null = null;
  private sending: Promise<void> | null = null;
  private failures = 0;
  private notBefore = 0;
  private finishing = false;
  private lookAgain = 0;
  /** Returns what is on its way to its queue. */
  private takeBack: (() => void) | null = null;
  private resource: Attributes = {};
  private spool: Spool | null = null;
  /** Something that was to be spooled could not be kept. */
  private spoolRefuses = false;

  constructor(
    private readonly options: ShimOptions,
    private target: Target | null,
    private readonly cwd: string,
  ) {
    if (target) this.aim(target);
  }

  private aim(target: Target): void {
    this.live?.close();
    this.target = target;
    this.failures = 0;
    this.notBefore = 0;
    this.live = new LiveChannel(target, {
      name: this.options.name,
      transport: this.options.http ? 'http' : 'stdio',
      pid: process.pid,
      cwd: this.cwd,
    });
    this.live.open();
  }

  /** A collector may come, or come back on another port, while the server runs. */
  private lookAround(): void {
    if (Date.now() < this.lookAgain || (this.target && !isLoopback(this.target.endpoint))) return;
    this.lookAgain = Date.now() + lookEveryMs;
    const found = discoverCollector(this.options.home, this.cwd);
    if (found && found.endpoint !== this.target?.endpoint) this.aim(found);
  }

  onDidStart(call: OpenCall): void {
    if (!this.live) return;
    this.unseen.set(call.ref.spanId, call);
    this.showTimer ??= setTimeout(() => this.showRunning(), showAfterMs);
  }

  onDidHappen(call: OpenCall, event: SpanEvent): void {
    if (!this.shown.has(call.ref.spanId)) return;
    this.live?.send({
      type: 'callEvent',
      span: call.ref,
      name: event.name,
      timeNanos: event.timeNanos.toString(),
      attributes: event.attributes,
    });
  }

  onDidEnd(span: Span, outcome: Outcome): void {
    this.unseen.delete(span.spanId);
    if (this.shown.delete(span.spanId)) {
      this.live?.send({
        type: 'callEnded',
        span: { traceId: span.traceId, spanId: span.spanId },
        endNanos: span.endNanos.toString(),
        outcome,
      });
    }
    this.resource = span.resource;
    this.spans.push(span);
    this.flushSoon(flushMs);
  }

  onDidLog(log: LogRecord): void {
    this.resource = log.resource;
    this.logs.push(log);
    this.flushSoon(flushMs);
  }

  countUnreadable(): void {
    this.spans.countLost(1);
  }

  /** Delivers what there is; spools what could not be delivered in time. */
  async finish(withinMs: number): Promise<void> {
    this.finishing = true;
    this.notBefore = 0;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, withinMs));
    await Promise.race([this.drain(), limit]);
    this.live?.close();
    // Perhaps it arrived all the same: a receiver knows a span that comes twice by its id.
    this.takeBack?.();
    this.takeBack = null;
    await this.spoolAll();
    // Where there was no room for spans, there may be for the word of it.
    this.reportLosses();
    await this.spoolAll();
  }

  private showRunning(): void {
    this.showTimer = null;
    for (const call of this.unseen.values()) {
      this.shown.add(call.ref.spanId);
      this.live?.send({
        type: 'callStarted',
        span: call.ref,
        ...(call.parentSpanId === null ? {} : { parentSpanId: call.parentSpanId }),
        name: call.name,
        kind: 3,
        startNanos: call.startNanos.toString(),
        attributes: call.attributes,
      });
    }
    this.unseen.clear();
  }

  private flushSoon(delayMs: number): void {
    if (this.finishing) return;
    this.flushTimer ??= setTimeout(() => {
      this.flushTimer = null;
      this.sending ??= this.flush().finally(() => {
        this.sending = null;
        if (this.hasWaiting) {
          const soon = this.spans.isFilling || this.logs.isFilling ? 0 : flushMs;
          // What nobody will take soon is spooled at once.
          const wait = this.nobodyListens ? 0 : this.notBefore - Date.now();
          this.flushSoon(Math.max(soon, wait));
        }
      });
    }, delayMs);
  }

  private async drain(): Promise<void> {
    await this.sending;
    while (this.failures === 0 && this.hasWaiting) await this.flush();
  }

  private get hasWaiting(): boolean {
    return !(this.spans.isEmpty && this.logs.isEmpty);
  }

  /** There is no collector, it fails again and again, or it wants to be left alone for long. */
  private get nobodyListens(): boolean {
    const isPatient = this.failures < patience && this.notBefore - Date.now() <= maxRetryMs;
    return !this.target || !isPatient;
  }

  private reportLosses(): void {
    // Beside a spool that is full, what is lost adds up until a collector listens, or to the end.
    if (this.spoolRefuses && this.nobodyListens && !this.finishing) return;
    const spans = this.spans.takeLost();
    const logs = this.logs.takeLost();
    if (spans + logs === 0) return;
    const detail = `${spans} spans and ${logs} logs could not be delivered or kept`;
    const finding = findingLog('telemetry_dropped', detail, BigInt(Date.now()) * 1_000_000n, null);
    const scope = { name: scopes.shim, version };
    this.logs.push({ ...finding, resource: this.resource, scope });
  }

  private async flush(): Promise<void> {
    if (this.nobodyListens) this.lookAround();
    this.reportLosses();
    // From time to time one that failed before is tried again, with what there is.
    const isDue = this.target !== null && Date.now() >= this.notBefore;
    if (isDue && (await this.send('traces', this.spans))) await this.send('logs', this.logs);
    // What waits since the first failure is for a collector that is there, before the spool.
    if (this.nobodyListens) this.lookAround();
    if (this.nobodyListens) await this.spoolAll();
  }

  /** False when it should be tried again later. */
  private async send<T>(signal: 'traces' | 'logs', queue: Queue<T>): Promise<boolean> {
    const { target } = this;
    const batch = target ? queue.take() : null;
    if (!target || !batch) return true;
    this.takeBack = () => queue.putBack(batch);
    const zipped = batch.bytes >= gzipFrom && !isLoopback(target.endpoint);
    const body = zipped ? [await promisify(gzip)(Buffer.concat(batch.pieces))] : batch.pieces;
    const result = await postOtlp(target, signal, body, zipped, requestMs);
    // The end came first, and took the batch for the spool.
    if (this.takeBack === null) return false;
    this.takeBack = null;
    if (result.kind === 'accepted') {
      this.failures = 0;
      return true;
    }
    if (result.kind === 'refused') {
      queue.countLost(batch.records);
      return true;
    }
    queue.putBack(batch);
    // More may come than can wait in memory.
    await this.openSpool();
    const backOff = Math.min(maxRetryMs, firstRetryMs * 2 ** this.failures++);
    const wait = result.retryAfterMs ?? backOff * (0.5 + Math.random() / 2);
    this.notBefore = Date.now() + Math.min(maxRetryAfterMs, wait);
    return false;
  }

  private async spoolAll(): Promise<void> {
    if (!this.hasWaiting) return;
    await this.openSpool();
    this.spoolNow();
  }

  private async openSpool(): Promise<void> {
    if (this.spool) return;
    const { Spool } = await import('./spool.js');
    this.spool ??= new Spool(this.options.spoolDir, this.options.spoolLimit, this.options.name);
  }

  /** Without a spool that was opened nothing happens. */
  private spoolNow(): void {
    if (!this.spool) return;
    for (const [signal, queue] of [
      ['traces', this.spans],
      ['logs', this.logs],
    ] as const) {
      for (let batch = queue.take(); batch; batch = queue.take()) {
        if (this.spool.write(signal, Buffer.concat(batch.pieces))) continue;
        this.spoolRefuses = true;
        queue.countLost(batch.records);
      }
    }
  }
}

function isLoopback(endpoint: string): boolean {
  return /^https?:\/\/(?:127\.|localhost|\[::1\])/.test(endpoint);
}
