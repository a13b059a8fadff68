const firstSize = 64 * 1024;
/** Room for the longest piece of known length: two ids, or a time. */
const slack = 128;

/** JSON as bytes in one buffer that is used again for each batch. */
export class JsonBytes {
  private buffer = Buffer.allocUnsafeSlow(firstSize);
  /** Bytes so far; may be set back. */
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

  bytes(bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Of plain ASCII. */
  ascii(text: string): void {
    this.makeRoom(text.length);
    const { buffer } = this;
    let { length } = this;
    for (let at = 0; at < text.length; at++) buffer[length++] = text.charCodeAt(at);
    this.length = length;
  }

  /** A time in ms since the epoch as nanoseconds in decimal. */
  nanos(ms: number): void {
    this.makeRoom(0);
    const seconds = Math.floor(ms / 1000);
    this.digits(seconds, 10);
    this.digits(Math.floor((ms - seconds * 1000) * 1e6), 9);
  }

  private digits(value: number, count: number): void {
    let rest = value;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const next = Math.floor(rest / 10);
      this.buffer[at] = 0x30 + (rest - next * 10);
      rest = next;
    }
    this.length += count;
  }

  private makeRoom(count: number): void {
    const needed = this.length + count + slack;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    larger.set(this.written);
    this.buffer = larger;
  }
}
