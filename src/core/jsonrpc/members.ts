/** Steps through the members of a JSON object in bytes, in order; one may be used again. */
import {
  backslash,
  closeBrace,
  colon,
  comma,
  quote,
  skipSpace,
  skipString,
  skipValue,
  stringAt,
} from './tokens.js';

const nothing = new Uint8Array(0);

export class Members {
  valueStart = -1;
  valueEnd = -1;
  /** After the closing brace once there are no more members; -1 when the object does not end. */
  end = -1;
  /** Nothing is read from here on. */
  limit = 0;
  private keyStart = -1;
  private keyEnd = -1;
  private at = 0;
  private first = true;
  private bytes: Uint8Array = nothing;

  /** `start` is at the opening brace; nothing is read from `limit` on. */
  enter(bytes: Uint8Array, start: number, limit: number): this {
    this.bytes = bytes;
    this.limit = limit;
    this.at = start + 1;
    this.first = true;
    this.valueStart = this.valueEnd = this.end = this.keyStart = this.keyEnd = -1;
    return this;
  }

  /** The next member with its value. False at the end, and where the text is not an object's. */
  next(): boolean {
    return this.nextKey() && this.skipValue();
  }

  /** The next key; the caller then calls `skipValue`, or steps through the value and calls `leave`. */
  nextKey(): boolean {
    const { bytes, limit } = this;
    let at = skipSpace(bytes, this.at, limit);
    if (at >= limit) return false;
    if (bytes[at] === closeBrace) {
      this.end = at + 1;
      return false;
    }
    if (this.first) this.first = false;
    else if (bytes[at] === comma) at = skipSpace(bytes, at + 1, limit);
    else return false;
    if (at >= limit || bytes[at] !== quote) return false;
    const keyEnd = skipString(bytes, at, limit);
    if (keyEnd < 0) return false;
    this.keyStart = at;
    this.keyEnd = keyEnd;
    at = skipSpace(bytes, keyEnd, limit);
    if (at >= limit || bytes[at] !== colon) return false;
    this.valueStart = skipSpace(bytes, at + 1, limit);
    return true;
  }

  skipValue(): boolean {
    this.valueEnd = skipValue(this.bytes, this.valueStart, this.limit);
    this.at = this.valueEnd;
    return this.valueEnd >= 0;
  }

  /** Goes on after the value whose members `inner` has stepped through. */
  leave(inner: Members): boolean {
    this.valueEnd = inner.end;
    this.at = inner.end;
    return inner.end >= 0;
  }

  /** Bytes of the key as spelled. */
  private get keyLength(): number {
    return this.keyEnd - this.keyStart - 2;
  }

  /** Length of an ASCII key, whatever its spelling. */
  get plainKeyLength(): number {
    const { keyLength } = this;
    // The shortest escape of a letter has six bytes.
    return keyLength > 6 && this.hasEscapes ? this.key.length : keyLength;
  }

  get key(): string {
    return stringAt(this.bytes, this.keyStart, this.keyEnd);
  }

  private get hasEscapes(): boolean {
    for (let at = this.keyStart + 1; at < this.keyEnd; at++) {
      if (this.bytes[at] === backslash) return true;
    }
    return false;
  }

  /** `name` is ASCII; a key that spells it with escapes is the same key. */
  keyIs(name: Uint8Array): boolean {
    const { bytes, keyLength } = this;
    const from = this.keyStart + 1;
    if (keyLength === name.length) {
      let index = 0;
      while (index < keyLength && bytes[from + index] === name[index]) index++;
      return index === keyLength;
    }
    if (keyLength < name.length || !this.hasEscapes) return false;
    return this.key === String.fromCharCode(...name);
  }
}
