import { encodeTextInto } from './text.js';

/** By ASCII code; 255 = no hex digit. */
const hexValues = new Uint8Array(256).fill(255);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Writes protobuf into one growing buffer; nested messages are written in place. */
export class WireWriter {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;
  at = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }

  /** What was written, valid until the next write. */
  peek(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  /** `field` << 3 | wire type. */
  tag(field: number, wireType: number): void {
    if (field < 16) {
      if (this.at === this.bytes.length) this.reserve(1);
      this.bytes[this.at++] = (field << 3) | wireType;
    } else this.varint((field << 3) | wireType);
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  /** A signed or unsigned 64-bit integer, two's complement. */
  varint64(value: bigint): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value >>> 0, true);
    this.at += 4;
  }

  fixed64(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.at, BigInt.asUintN(64, value), true);
    this.at += 8;
  }

  fixed64Words(low: number, high: number): void {
    this.reserve(8);
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** Length and UTF-8; a lone surrogate becomes U+FFFD. */
  text(value: string): void {
    const length = value.length;
    this.reserve(length * 3 + 10);
    if (length < 42) {
      // Short text is mostly ASCII: one byte a unit, and one byte of length.
      const bytes = this.bytes;
      const start = this.at + 1;
      let at = 0;
      for (; at < length; at++) {
        const unit = value.charCodeAt(at);
        if (unit >= 0x80) break;
        bytes[start + at] = unit;
      }
      const written =
        at === length ? length : at + encodeTextInto(value.slice(at), bytes.subarray(start + at));
      bytes[this.at] = written;
      this.at = start + written;
      return;
    }
    const mark = this.open();
    this.at += encodeTextInto(value, this.bytes.subarray(this.at));
    this.close(mark);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Length and bytes. */
  lengthDelimited(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Length and a range of other bytes. */
  lengthDelimitedRange(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.varint(length);
    this.reserve(length);
    const { bytes } = this;
    let { at } = this;
    // For a few bytes a loop is faster than a view on them.
    if (length < 64) for (let place = start; place < end; place++) bytes[at++] = from[place]!;
    else bytes.set(from.subarray(start, end), at);
    this.at += length;
  }

  /** Length and the bytes that a range spells in hex; false when it does not. */
  hex(from: Uint8Array, start: number, end: number): boolean {
    if ((end - start) % 2 !== 0) return false;
    this.varint((end - start) / 2);
    this.reserve((end - start) / 2);
    for (let place = start; place < end; place += 2) {
      const high = hexValues[from[place]!]!;
      const low = hexValues[from[place + 1]!]!;
      if (high > 15 || low > 15) return false;
      this.bytes[this.at++] = high * 16 + low;
    }
    return true;
  }

  /** Starts a nested message whose length is not known yet; give the result to `close`. */
  open(): number {
    this.reserve(8);
    return ++this.at;
  }

  /** Writes the length of the message opened at `start`, moving it when one byte is too few. */
  close(start: number): void {
    const length = this.at - start;
    if (length < 0x80) {
      this.bytes[start - 1] = length;
      return;
    }
    let width = 1;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 128)) width++;
    this.reserve(width);
    this.bytes.copyWithin(start + width - 1, start, this.at);
    this.at = start - 1;
    this.varint(length);
    this.at += length;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
