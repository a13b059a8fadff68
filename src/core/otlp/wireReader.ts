/** What is wrong with bytes that claim to be protobuf, or JSON that claims to be OTLP. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Deepest nesting of `AnyValue` that is read; real data stays below ten. */
export const maxDepth = 64;

/**
 * A cursor over protobuf bytes. Every length is held against `end`, so that a hostile prefix can
 * neither read past its message nor allocate. Rules: protobuf.dev/programming-guides/encoding.
 */
export class WireReader {
  at = 0;
  end: number;
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.end = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint as a double; exact up to 2^53, which covers every tag, length, enum and count. */
  varint(): number {
    const bytes = this.bytes;
    let at = this.at;
    const end = this.end;
    if (at >= end) throw new WireError('a message ends inside a number');
    let byte = bytes[at++]!;
    if (byte < 0x80) {
      this.at = at;
      return byte;
    }
    let value = byte & 0x7f;
    let scale = 128;
    for (let read = 1; ; read++) {
      if (at >= end) throw new WireError('a message ends inside a number');
      if (read === 10) throw new WireError('a number is longer than ten bytes');
      byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    this.at = at;
    return value;
  }

  /** A 64-bit varint, exact and unsigned. */
  varint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) throw new WireError('a message ends inside a number');
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('a number is longer than ten bytes');
  }

  /** Reads a length and returns where the bytes behind it end. */
  lengthEnd(): number {
    const length = this.varint();
    const end = this.at + length;
    if (!(end <= this.end)) throw new WireError('a length reaches past its message');
    return end;
  }

  fixed32(): number {
    if (this.at + 4 > this.end) throw new WireError('a message ends inside a number');
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  fixed64(): bigint {
    if (this.at + 8 > this.end) throw new WireError('a message ends inside a number');
    const value = this.view.getBigUint64(this.at, true);
    this.at += 8;
    return value;
  }

  double(): number {
    if (this.at + 8 > this.end) throw new WireError('a message ends inside a number');
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** Four bytes of an id at an absolute place, in the order of its hex digits. */
  idWord(at: number): number {
    return this.view.getUint32(at, false);
  }

  skip(wireType: number): void {
    switch (wireType) {
      case 0:
        this.varint();
        return;
      case 1:
        this.fixed64();
        return;
      case 2:
        this.at = this.lengthEnd();
        return;
      case 5:
        this.fixed32();
        return;
      default:
        throw new WireError(`wire type ${wireType} is not in use`);
    }
  }
}
