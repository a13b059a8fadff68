import type { RootList } from './rootList.js';
import { flag, type SpanColumns } from './spanColumns.js';
import type { TraceTable } from './traceTable.js';

/** Longest walk towards a root; a deeper chain is cut there, since no view could show it. */
const maxAncestors = 20_000;

/**
 * The tree among slots. Parents are reported data: they may be missing, late, the span itself or
 * in a circle, and the outcome may not depend on the order of arrival.
 */
export class SpanLinks {
  constructor(
    private readonly columns: SpanColumns,
    private readonly traces: TraceTable,
    private readonly roots: RootList,
  ) {}

  /** Adds a slot without links to a parent's children, or to its trace's roots. */
  attach(slot: number, parent: number): void {
    const { columns, traces } = this;
    columns.parent[slot] = parent;
    const heads = parent === -1 ? traces.firstRoot : columns.firstChild;
    const tails = parent === -1 ? traces.lastRoot : columns.lastChild;
    const owner = parent === -1 ? columns.trace[slot]! : parent;
    const tail = tails[owner]!;
    columns.previous[slot] = tail;
    columns.next[slot] = -1;
    if (tail === -1) heads[owner] = slot;
    else columns.next[tail] = slot;
    tails[owner] = slot;
    if (parent === -1) this.roots.touch(slot);
    else if (tail !== -1 && columns.start[tail]! > columns.start[slot]!) this.markUnsorted(parent);
  }

  detach(slot: number): void {
    const { columns, traces } = this;
    const parent = columns.parent[slot]!;
    const heads = parent === -1 ? traces.firstRoot : columns.firstChild;
    const tails = parent === -1 ? traces.lastRoot : columns.lastChild;
    const owner = parent === -1 ? columns.trace[slot]! : parent;
    const previous = columns.previous[slot]!;
    const next = columns.next[slot]!;
    if (previous === -1) heads[owner] = next;
    else columns.next[previous] = next;
    if (next === -1) tails[owner] = previous;
    else columns.previous[next] = previous;
    if (parent === -1) this.roots.touch(slot);
  }

  /** Moves a slot that has links; a circle is opened at its earliest member. */
  move(slot: number, parent: number): void {
    this.detach(slot);
    if (parent !== -1 && this.columns.firstChild[slot] !== -1 && this.isAbove(slot, parent)) {
      this.openCircle(slot, parent);
    } else this.attach(slot, parent);
  }

  markUnsorted(parent: number): void {
    const { flags } = this.columns;
    flags[parent] = flags[parent]! | flag.unsorted;
  }

  /** Puts the children of a slot in order of start when they are not. */
  sortChildren(parent: number): void {
    const { columns } = this;
    if (!(columns.flags[parent]! & flag.unsorted)) return;
    const children: number[] = [];
    for (let slot = columns.firstChild[parent]!; slot !== -1; slot = columns.next[slot]!) {
      children.push(slot);
    }
    const { start, spanHigh, spanLow } = columns;
    children.sort(
      (a, b) => start[a]! - start[b]! || spanHigh[a]! - spanHigh[b]! || spanLow[a]! - spanLow[b]!,
    );
    let previous = -1;
    for (const slot of children) {
      columns.previous[slot] = previous;
      if (previous === -1) columns.firstChild[parent] = slot;
      else columns.next[previous] = slot;
      previous = slot;
    }
    columns.next[previous] = -1;
    columns.lastChild[parent] = previous;
    columns.flags[parent] = columns.flags[parent]! & ~flag.unsorted;
  }

  /** The top-level slot above a slot. */
  topOf(slot: number): number {
    let at = slot;
    for (let parent = this.columns.parent[at]!; parent !== -1; parent = this.columns.parent[at]!) {
      at = parent;
    }
    return at;
  }

  private isAbove(slot: number, start: number): boolean {
    let at = start;
    for (let steps = 0; at !== -1; steps++) {
      if (at === slot || steps > maxAncestors) return true;
      at = this.columns.parent[at]!;
    }
    return false;
  }

  /** `slot` (detached) is above `parent`: the earliest member of the circle becomes a root. */
  private openCircle(slot: number, parent: number): void {
    const { columns } = this;
    let first = slot;
    for (let at = parent, steps = 0; at !== slot && at !== -1 && steps <= maxAncestors; steps++) {
      if (this.isEarlier(at, first)) first = at;
      at = columns.parent[at]!;
    }
    columns.flags[first] = columns.flags[first]! | flag.cycle;
    if (first === slot) {
      this.attach(slot, -1);
      return;
    }
    this.detach(first);
    this.attach(first, -1);
    this.attach(slot, parent);
  }

  private isEarlier(a: number, b: number): boolean {
    const { start, spanHigh, spanLow } = this.columns;
    const order = start[a]! - start[b]! || spanHigh[a]! - spanHigh[b]! || spanLow[a]! - spanLow[b]!;
    return order < 0;
  }
}
