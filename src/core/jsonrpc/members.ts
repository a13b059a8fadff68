/** Steps through the members of a JSON object in bytes, in order. */
import {
  closeBrace,
  colon,
  comma,
  quote,
  skipSpace,
  skipString,
  skipValue,
  stringAt,
} from './tokens.js';

export class Members {
  valueStart = -1;
  valueEnd = -1;
  private keyStart = -1;
  private keyEnd = -1;
  private at: number;
  private first = true;

  /** `start` is at the opening brace; nothing is read from `limit` on. */
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly limit: number,
  ) {
    this.at = start + 1;
  }

  /** The next member with its value. False at the end, and where the text is not an object's. */
  next(): boolean {
    const { bytes, limit } = this;
    let at = skipSpace(bytes, this.at, limit);
    if (at >= limit || bytes[at] === closeBrace) return false;
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
    this.valueEnd = skipValue(bytes, this.valueStart, limit);
    this.at = this.valueEnd;
    return this.valueEnd >= 0;
  }

  get key(): string {
    return stringAt(this.bytes, this.keyStart, this.keyEnd);
  }
}
