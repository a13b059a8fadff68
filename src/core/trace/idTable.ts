/** A hash table from words to slots, open addressing; the words themselves are kept by the caller. */
export class IdTable {
  private table = new Int32Array(8192).fill(-1);
  private used = 0;

  /** `hashOf(slot)` must give what was given to `add`. */
  constructor(private readonly hashOf: (slot: number) => number) {}

  /** First slot under `hash` for which `matches` holds, or -1. */
  find(hash: number, matches: (slot: number) => boolean): number {
    const { table } = this;
    const mask = table.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = table[place]!;
      if (slot === -1) return -1;
      if (matches(slot)) return slot;
    }
  }

  add(hash: number, slot: number): void {
    if ((this.used + 1) * 5 > this.table.length * 3) this.grow();
    const mask = this.table.length - 1;
    let place = hash & mask;
    while (this.table[place] !== -1) place = (place + 1) & mask;
    this.table[place] = slot;
    this.used++;
  }

  /** Removes a slot and moves those behind it forward, so that no tombstones gather. */
  remove(hash: number, slot: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let hole = hash & mask;
    while (table[hole] !== slot) {
      if (table[hole] === -1) return;
      hole = (hole + 1) & mask;
    }
    this.used--;
    for (let place = (hole + 1) & mask; table[place] !== -1; place = (place + 1) & mask) {
      const home = this.hashOf(table[place]!) & mask;
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        table[hole] = table[place]!;
        hole = place;
      }
    }
    table[hole] = -1;
  }

  clear(): void {
    this.table.fill(-1);
    this.used = 0;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2).fill(-1);
    const mask = this.table.length - 1;
    for (const slot of old) {
      if (slot === -1) continue;
      let place = this.hashOf(slot) & mask;
      while (this.table[place] !== -1) place = (place + 1) & mask;
      this.table[place] = slot;
    }
  }
}

/** Mixes words of an id, which attackers or counters may have chosen badly. */
export function mix(a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15) ^ c, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) >>> 0;
}
