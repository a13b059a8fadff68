import { flag, type SpanColumns } from './spanColumns.js';

/** Moves that are put in order together. */
const maxMoved = 65_536;

/**
 * All top-level slots in order of start, kept by merging: what moved since the last look is
 * sorted and merged in, so that a flood of new calls costs one pass, not a sort.
 */
export class RootList {
  private order = new Int32Array(0);
  private keys = new Float64Array(0);
  private length = 0;
  private moved: number[] = [];

  constructor(
    private readonly columns: SpanColumns,
    /** Start of a slot, ns after the origin of the index. */
    private readonly startOf: (slot: number) => number,
  ) {}

  /** A slot became a root, ceased to be one, or starts at another time. */
  touch(slot: number): void {
    const { flags } = this.columns;
    flags[slot] = flags[slot]! | flag.rootMoved;
    this.moved.push(slot);
  }

  /** Keeps what waits for a look short while nobody looks; not to be called amid a move. */
  tidy(): void {
    if (this.moved.length >= maxMoved) this.merge();
  }

  clear(): void {
    this.length = 0;
    this.moved = [];
  }

  /** Slots in order; valid until the next change. */
  sorted(): Int32Array {
    if (this.moved.length > 0) this.merge();
    return this.order.subarray(0, this.length);
  }

  private merge(): void {
    const { flags } = this.columns;
    const fresh = this.freshRoots();
    const freshKeys = Float64Array.from(fresh, (slot) => this.startOf(slot));
    const order = new Int32Array(this.length + fresh.length);
    const keys = new Float64Array(order.length);
    let to = 0;
    let next = 0;
    const take = (slot: number, key: number): void => {
      order[to] = slot;
      keys[to++] = key;
    };
    for (let from = 0; from < this.length; from++) {
      const slot = this.order[from]!;
      if (flags[slot]! & flag.rootMoved) continue;
      const key = this.keys[from]!;
      while (next < fresh.length && freshKeys[next]! < key) {
        take(fresh[next]!, freshKeys[next++]!);
      }
      take(slot, key);
    }
    for (; next < fresh.length; next++) take(fresh[next]!, freshKeys[next]!);
    for (const slot of this.moved) flags[slot] = flags[slot]! & ~flag.rootMoved;
    this.moved = [];
    this.order = order;
    this.keys = keys;
    this.length = to;
  }

  /** Roots among what moved, each once, in order of start. */
  private freshRoots(): Int32Array {
    const { flags, parent } = this.columns;
    const slots = Int32Array.from(this.moved).sort();
    let count = 0;
    for (const [place, slot] of slots.entries()) {
      const isRoot = (flags[slot]! & flag.used) !== 0 && parent[slot] === -1;
      if (isRoot && (place === 0 || slots[place - 1] !== slot)) slots[count++] = slot;
    }
    const fresh = slots.subarray(0, count);
    const keys = Float64Array.from(fresh, (slot) => this.startOf(slot));
    // Slots are mostly given out in order of start; then there is nothing to sort.
    if (keys.every((key, place) => place === 0 || keys[place - 1]! <= key)) return fresh;
    const keyOf = new Map(Array.from(fresh, (slot, place) => [slot, keys[place]!]));
    return fresh.sort((a, b) => keyOf.get(a)! - keyOf.get(b)! || a - b);
  }
}
