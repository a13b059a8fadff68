import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ForwardStatus, ForwardTarget } from '../../core/protocol.js';
import { compress, encodeAs, readRejected } from './encoding.js';
import { type Attempt, postRequest } from './postRequest.js';
import { maxVia, type ReceivedRequest, viaHeader } from './receivedRequest.js';
import { SendQueue } from './sendQueue.js';
import { addressOf, shownUrl } from './target.js';

export interface ForwarderOptions {
  /** Most bytes that wait; the oldest requests give way. */
  readonly maxQueuedBytes?: number;
  /** First and longest pause after a failure that may pass. */
  readonly firstPauseMs?: number;
  readonly maxPauseMs?: number;
  /** Called after each attempt that changed the status. */
  readonly onDidChange?: () => void;
}

const maxInFlight = 4;
/** A `Retry-After` past this is not waited out in full. */
const maxRetryAfterMs = 5 * 60_000;

/**
 * Sends copies of received requests to one target, in the background. Taking one costs a place in
 * a queue; encoding, compression and network happen later, so ingest never waits for a target.
 */
export class Forwarder {
  private readonly queue: SendQueue;
  private readonly agent: HttpAgent;
  private inFlight = 0;
  private readonly cancels = new Set<() => void>();
  private failures = 0;
  private pause: NodeJS.Timeout | null = null;
  private scheduled = false;
  private stopped = false;
  private sent = 0;
  private refused = 0;
  private problem: string | null = null;
  private emptied: (() => void)[] = [];

  constructor(
    readonly target: ForwardTarget,
    /** Names this collector in the header that ends loops. */
    private readonly ownId: string,
    private readonly options: ForwarderOptions = {},
  ) {
    this.queue = new SendQueue(options.maxQueuedBytes ?? 64 * 1024 * 1024);
    const Agent = new URL(target.url).protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  }

  get status(): ForwardStatus {
    return {
      url: shownUrl(this.target),
      state: this.pause ? 'waiting' : this.inFlight > 0 ? 'sending' : 'idle',
      sent: this.sent,
      refused: this.refused,
      dropped: this.queue.dropped,
      queuedRequests: this.queue.length + this.inFlight,
      queuedBytes: this.queue.bytes,
      problem: this.problem,
    };
  }

  take(request: ReceivedRequest): void {
    if (this.stopped || addressOf(this.target, request.signal) === null) return;
    if (request.via.includes(this.ownId) || request.via.length >= maxVia) return;
    this.queue.push(request);
    this.schedule();
  }

  /** Resolves when nothing waits or is on its way, or after `maxMs`; for an orderly end. */
  drain(maxMs: number): Promise<void> {
    if (this.queue.length === 0 && this.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.emptied.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  stop(): void {
    this.stopped = true;
    if (this.pause) clearTimeout(this.pause);
    this.pause = null;
    for (const cancel of this.cancels) cancel();
    this.agent.destroy();
  }

  private schedule(): void {
    if (this.scheduled || this.pause || this.stopped) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.sendNext();
    });
  }

  private sendNext(): void {
    // After a failure one request goes ahead, to see whether the target is back.
    const most = this.failures > 0 ? 1 : maxInFlight;
    while (!this.stopped && !this.pause && this.inFlight < most) {
      const request = this.queue.shift();
      if (!request) break;
      this.inFlight++;
      void this.send(request);
    }
  }

  private async send(request: ReceivedRequest): Promise<void> {
    const attempt = await this.attempt(request);
    this.inFlight--;
    if (this.stopped) return;
    switch (attempt.kind) {
      case 'taken':
        this.failures = 0;
        this.sent += Math.max(0, request.records - attempt.rejected);
        this.refused += Math.min(attempt.rejected, request.records);
        this.problem = attempt.rejected > 0 ? attempt.reason : null;
        break;
      case 'refused':
        this.failures = 0;
        this.refused += request.records;
        this.problem = attempt.reason;
        break;
      case 'later':
        this.problem = attempt.reason;
        this.queue.putBack(request);
        this.waitFor(attempt.afterMs);
    }
    if (this.queue.length === 0 && this.inFlight === 0) {
      for (const resolve of this.emptied.splice(0)) resolve();
    }
    this.options.onDidChange?.();
    this.schedule();
  }

  private async attempt(request: ReceivedRequest): Promise<Attempt> {
    const { encoding, gzip, headers } = this.target;
    try {
      const encoded = encodeAs(request, encoding);
      const body = gzip ? await compress(encoded) : encoded;
      const { attempt, cancel } = postRequest(
        addressOf(this.target, request.signal)!,
        {
          'user-agent': 'spanpath',
          [viaHeader]: [...request.via, this.ownId].join(','),
          ...headers,
          'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
          ...(gzip ? { 'content-encoding': 'gzip' } : {}),
        },
        body,
        this.agent,
        (answer) => readRejected(answer, encoding),
      );
      this.cancels.add(cancel);
      const result = await attempt;
      this.cancels.delete(cancel);
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'refused', reason };
    }
  }

  /** Exponential, with jitter, unless the target said when. */
  private waitFor(afterMs: number | null): void {
    this.failures++;
    if (this.pause) return;
    const { firstPauseMs = 1_000, maxPauseMs = 30_000 } = this.options;
    const grown = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.failures - 1, 20));
    const wait =
      afterMs === null ? grown * (0.5 + Math.random() / 2) : Math.min(afterMs, maxRetryAfterMs);
    this.pause = setTimeout(() => {
      this.pause = null;
      this.sendNext();
    }, wait);
    this.pause.unref();
  }
}
