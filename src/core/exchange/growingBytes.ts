import { decodeText } from '../otlp/text.js';

const smallest = 64 * 1024;

/** A buffer that grows as ranges are added, and is used again. */
export class GrowingBytes {
  private bytes = new Uint8Array(smallest);
  length = 0;

  add(source: Uint8Array, from: number, to: number): void {
    const needed = this.length + to - from;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(source.subarray(from, to), this.length);
    this.length = needed;
  }

  /** Valid until the next change. */
  asBytes(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  asText(): string {
    return decodeText(this.bytes, 0, this.length);
  }

  dropFirst(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    if (this.length === 0) this.reset();
  }

  /** Starts again; the room of one huge value is not kept. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > 16 * smallest) this.bytes = new Uint8Array(smallest);
  }
}
