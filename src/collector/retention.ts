import { decodeSpans } from '../core/otlp/decodeTraces.js';
import { idWords } from '../core/otlp/traceBatch.js';
import { messageOf, type Session } from './session.js';
import type { Chunk } from './store.js';

/** How much a session keeps. The oldest goes first. */
export interface Limits {
  readonly maxSpans: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

export const defaultLimits: Limits = {
  maxSpans: 1_000_000,
  maxBytes: 1024 ** 3,
  maxAgeMs: 14 * 24 * 3600 * 1000,
};

/** A store in memory keeps less. */
const maxMemoryBytes = 256 * 1024 * 1024;
const periodMs = 250;
const chunksAtOnce = 16;
const agePeriodMs = 60_000;

/** Drops the oldest chunks past the limits, a few at a time, so that nothing waits for it. */
export class Retention {
  private timer: NodeJS.Timeout | null = null;
  private nextAgeCheck = 0;

  constructor(
    private readonly session: Session,
    private readonly limits: Limits,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tick(), periodMs);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Drops what is past the limits now. */
  enforce(): void {
    while (this.isOver()) if (!this.drop(this.session.store.oldestChunks(chunksAtOnce))) break;
    if (Date.now() < this.nextAgeCheck) return;
    this.nextAgeCheck = Date.now() + agePeriodMs;
    const oldest = Date.now() - this.limits.maxAgeMs;
    while (this.drop(this.session.store.chunksBefore(oldest, chunksAtOnce)));
  }

  private tick(): void {
    try {
      this.enforce();
    } catch (error) {
      this.session.emit('problem', `old traces could not be removed: ${messageOf(error)}`);
    }
  }

  private isOver(): boolean {
    const { index, store } = this.session;
    const maxBytes =
      store.path === null ? Math.min(this.limits.maxBytes, maxMemoryBytes) : this.limits.maxBytes;
    return index.spans > this.limits.maxSpans || store.bytes > maxBytes;
  }

  private drop(chunks: readonly Chunk[]): boolean {
    if (chunks.length === 0) return false;
    const { session } = this;
    session.store.transact(() => session.store.deleteChunks(chunks));
    for (const chunk of chunks) {
      if (chunk.signal === 'traces') this.forgetSpans(chunk);
      else if (chunk.signal === 'logs') session.logs.forgetChunk(chunk.id);
    }
    session.emit('changed');
    return true;
  }

  private forgetSpans(chunk: Chunk): void {
    const { batch, index } = this.session;
    decodeSpans(chunk.body, index.names, batch);
    for (let row = 0; row < batch.count; row++) {
      const slot = index.findWords(batch.ids, row * idWords);
      // A span that came again lives in a later chunk.
      if (slot !== -1 && index.columns.chunk[slot] === chunk.id) index.remove(slot);
    }
  }
}
