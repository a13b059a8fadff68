import type { SessionSummary } from '../core/protocol.js';
import { summarize } from './queries.js';
import type { Session } from './session.js';

/** Shortest time between two events (ms). */
const periodMs = 50;

/** Tells subscribers that the session changed, at most once in 50 ms, the last change included. */
export class ChangeFeed {
  private readonly listeners = new Set<(summary: SessionSummary) => void>();
  private timer: NodeJS.Timeout | null = null;
  private lastAt = 0;
  private readonly onChanged = () => this.schedule();

  constructor(private readonly session: Session) {
    session.on('changed', this.onChanged);
  }

  subscribe(listener: (summary: SessionSummary) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.session.removeListener('changed', this.onChanged);
    if (this.timer) clearTimeout(this.timer);
    this.listeners.clear();
  }

  private schedule(): void {
    if (this.timer) return;
    const wait = Math.max(0, this.lastAt + periodMs - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.lastAt = performance.now();
      if (this.listeners.size === 0) return;
      const summary = summarize(this.session);
      for (const listener of this.listeners) listener(summary);
    }, wait);
  }
}
