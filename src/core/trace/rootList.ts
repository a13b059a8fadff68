import { flag, type SpanColumns } from './spanColumns.js';

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
    const { flags, parent } = this.columns;
    const fresh = [...new Set(this.moved)].filter(
      (slot) => flags[slot]! & flag.used && parent[slot] === -1,
    );
    const freshKeys = new Map(fresh.map((slot) => [slot, this.startOf(slot)]));
    fresh.sort((a, b) => freshKeys.get(a)! - freshKeys.get(b)! || a - b);
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
      while (next < fresh.length && freshKeys.get(fresh[next]!)! < key) {
        take(fresh[next]!, freshKeys.get(fresh[next++]!)!);
      }
      take(slot, key);
    }
    for (; next < fresh.length; next++) take(fresh[next]!, freshKeys.get(fresh[next]!)!);
    for (const slot of this.moved) flags[slot] = flags[slot]! & ~flag.rootMoved;
    this.moved = [];
    this.order = order;
    this.keys = keys;
    this.length = to;
  }
}
