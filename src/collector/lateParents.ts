import { flag } from '../core/trace/spanColumns.js';
import type { Session } from './session.js';

/** Two senders of one call deliver within this (ms), unless one of them does not deliver at all. */
const graceMs = 500;
/** A flood of spans without parents is not kept back. */
const mostKept = 1_000;

/**
 * The server's spans of a very short call can arrive before the span of their caller. Such a tree
 * is kept back for a moment, so that it does not stand on its own until the caller's is there.
 */
export class LateParents {
  /** What is kept back and until when, oldest first. */
  private readonly kept: { readonly slot: number; readonly until: number }[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly session: Session) {}

  /** A span has just arrived for the first time. */
  note(slot: number): void {
    const { columns, waiting } = this.session.index;
    const parent = columns.parent[slot]!;
    if (parent === -1 || columns.flags[parent]! & flag.present || waiting.size >= mostKept) return;
    // Only a parent that nobody has told of yet is worth waiting for.
    if (columns.firstChild[parent] !== slot || columns.next[slot] !== -1) return;
    waiting.add(parent);
    this.kept.push({ slot: parent, until: performance.now() + graceMs });
    this.timer ??= setTimeout(this.release, graceMs).unref();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private readonly release = (): void => {
    this.timer = null;
    const { index } = this.session;
    const now = performance.now();
    let shown = false;
    for (let next = this.kept[0]; next && next.until <= now + 1; next = this.kept[0]) {
      this.kept.shift();
      // Its parent may have come meanwhile, or the slot be another span's.
      if (!index.waiting.delete(next.slot)) continue;
      index.changed(next.slot);
      shown = true;
    }
    const [next] = this.kept;
    if (next) this.timer = setTimeout(this.release, next.until - now).unref();
    if (shown) this.session.emit('changed');
  };
}
