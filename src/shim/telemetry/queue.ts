/** A queue with a bound in bytes: what does not fit is counted, the oldest stay. */

const maxBytes = 16 << 20;
const batchBytes = 2 << 20;
const batchLength = 512;

export class Queue<T> {
  private entries: T[] = [];
  private bytes = 0;
  private lost = 0;

  constructor(private readonly sizeOf: (entry: T) => number) {}

  get length(): number {
    return this.entries.length;
  }

  push(entry: T): void {
    const size = this.sizeOf(entry);
    if (this.bytes + size > maxBytes) {
      this.lost++;
      return;
    }
    this.bytes += size;
    this.entries.push(entry);
  }

  /** The oldest entries, at least one where there is one, within the bounds of a request. */
  take(): T[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.entries) {
      const size = this.sizeOf(entry);
      if (count > 0 && (bytes + size > batchBytes || count === batchLength)) break;
      bytes += size;
      count++;
    }
    this.bytes -= bytes;
    return this.entries.splice(0, count);
  }

  putBack(batch: readonly T[]): void {
    this.entries = [...batch, ...this.entries];
    for (const entry of batch) this.bytes += this.sizeOf(entry);
  }

  countDropped(count: number): void {
    this.lost += count;
  }

  /** How many were lost since the last time this was asked. */
  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }
}
