const firstSize = 64 * 1024;
const zero = 0x30;
const hexDigits = Buffer.from('0123456789abcdef');

/** JSON as bytes in one buffer that is used again for each batch. */
export class JsonBytes {
  private buffer = Buffer.allocUnsafeSlow(firstSize);
  /** Bytes so far. */
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Holds until the next `clear`. */
  get written(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  text(text: string): void {
    this.makeRoom(3 * text.length);
    this.length += this.buffer.write(text, this.length);
  }

  /** Returns where they begin. */
  bytes(bytes: Uint8Array): number {
    this.makeRoom(bytes.length);
    const { length } = this;
    this.buffer.set(bytes, length);
    this.length += bytes.length;
    return length;
  }

  /** Puts a piece of plain ASCII over what stands at a place. */
  setAscii(at: number, text: string, from: number, count: number): void {
    const { buffer } = this;
    for (let next = 0; next < count; next++) buffer[at + next] = text.charCodeAt(from + next);
  }

  /** Puts a random id of 16 hex digits over what stands at a place; never all zeros. */
  setId(at: number): void {
    this.setHex(at, (Math.random() * 0x1_0000_0000) | 1);
    this.setHex(at + 8, (Math.random() * 0x1_0000_0000) | 0);
  }

  /** Puts a time in ms since the epoch over 19 digits, as nanoseconds. */
  setNanos(at: number, ms: number): void {
    const seconds = Math.floor(ms / 1000);
    this.setDigits(at, seconds, 10);
    this.setDigits(at + 10, (ms - seconds * 1000) * 1e6, 9);
  }

  private setHex(at: number, value: number): void {
    const { buffer } = this;
    for (let next = 0; next < 8; next++) {
      buffer[at + next] = hexDigits[(value >>> (4 * next)) & 15] as number;
    }
  }

  private setDigits(at: number, value: number, count: number): void {
    const { buffer } = this;
    let rest = value >>> 0;
    for (let next = at + count - 1; next >= at; next--) {
      const tens = (rest / 10) >>> 0;
      buffer[next] = zero + rest - tens * 10;
      rest = tens;
    }
  }

  private makeRoom(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    larger.set(this.written);
    this.buffer = larger;
  }
}
