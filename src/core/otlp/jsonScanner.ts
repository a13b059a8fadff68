import { decodeText, encodeText } from './text.js';
import { isUtf8 } from './utf8.js';
import { maxDepth, WireError } from './wireReader.js';

/** The bytes are not JSON: the whole request is refused, where a `WireError` refuses a record. */
export class JsonSyntaxError extends WireError {}

/** Deepest brackets that are walked: the frame's, and four for each level of an `AnyValue` list. */
const maxLevels = maxDepth * 4 + 24;
/** What may follow a backslash, apart from `u`. */
const escapeLetters = encodeText('"\\\\/bfnrt');
const twoTo32 = 2 ** 32;

/** Walks JSON in place: no strings, no objects, one look at each byte. Grammar: RFC 8259. */
export class JsonScanner {
  at = 0;
  /** Range of the last `string`, without its quotes. */
  from = 0;
  to = 0;
  /** Whether that string has escapes, so that its bytes are not its text. */
  escaped = false;
  /** Words of the last `integer`, magnitude only. */
  low = 0;
  high = 0;
  negative = false;

  constructor(readonly bytes: Uint8Array) {
    // A byte order mark is not JSON, but senders exist that write one.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** The next byte that is not white space; -1 at the end. */
  peek(): number {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at];
      if (byte === undefined) return -1;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
  }

  expect(byte: number): void {
    if (this.peek() !== byte) throw this.syntaxError();
    this.at++;
  }

  syntaxError(): JsonSyntaxError {
    return new JsonSyntaxError(`the body is not JSON at byte ${this.at}`);
  }

  /** Reads a string; `from`, `to` and `escaped` say what it is. */
  string(): void {
    this.expect(0x22);
    const { bytes } = this;
    const end = bytes.length;
    let { at } = this;
    let seen = 0;
    this.from = at;
    this.escaped = false;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0x22) {
        this.to = at;
        this.at = at + 1;
        if (seen >= 0x80 && !isUtf8(bytes, this.from, at)) {
          throw new WireError('a text is not UTF-8');
        }
        return;
      }
      if (byte < 0x20) break;
      seen |= byte;
      if (byte === 0x5c) {
        this.escaped = true;
        at = this.skipEscape(at + 1);
      }
    }
    this.at = at;
    throw this.syntaxError();
  }

  /** Text of the last string; a bad escape is a syntax error. */
  text(): string {
    if (!this.escaped) return decodeText(this.bytes, this.from, this.to);
    try {
      return JSON.parse(`"${decodeText(this.bytes, this.from, this.to)}"`) as string;
    } catch {
      throw this.syntaxError();
    }
  }

  /** An integer, as a number or in quotes, into `low`, `high` and `negative`. */
  integer(): void {
    const first = this.peek();
    const { bytes } = this;
    const start = this.at;
    let at = start;
    if (first === 0x22) at++;
    this.negative = bytes[at] === 0x2d;
    if (this.negative) at++;
    const digits = at;
    let low = 0;
    let high = 0;
    for (;;) {
      // Six digits at a time keep every product below 2^53.
      let chunk = 0;
      let scale = 1;
      while (scale < 1e6) {
        const byte = bytes[at]!;
        if (!(byte >= 0x30 && byte <= 0x39)) break;
        chunk = chunk * 10 + byte - 0x30;
        scale *= 10;
        at++;
      }
      const product = low * scale + chunk;
      const carry = Math.floor(product / twoTo32);
      low = product - carry * twoTo32;
      high = high * scale + carry;
      if (scale < 1e6) break;
      if (at - digits > 24) throw new WireError('a number has too many digits');
    }
    const next = bytes[at];
    const ended = first === 0x22 ? next === 0x22 : next !== 0x2e && next !== 0x65 && next !== 0x45;
    if (first !== 0x22 && bytes[digits] === 0x30 && at > digits + 1) throw this.syntaxError();
    if (at === digits || !ended || high >= twoTo32) {
      throw new WireError('not a whole number');
    }
    this.low = low;
    this.high = high;
    this.at = first === 0x22 ? at + 1 : at;
  }

  /** A number, with or without quotes; the protobuf mapping spells `NaN` and the infinities. */
  double(): number {
    if (this.peek() === 0x22) {
      this.string();
      const text = this.text();
      const value = Number(text);
      if (text.trim() === '' || (Number.isNaN(value) && text !== 'NaN')) {
        throw new WireError('not a number');
      }
      return value;
    }
    const start = this.at;
    this.skipNumber();
    return this.shortDouble(start, this.at) ?? Number(decodeText(this.bytes, start, this.at));
  }

  /** Up to 15 digits and a point: exact as one division (Clinger). Null for anything else. */
  private shortDouble(start: number, end: number): number | null {
    const { bytes } = this;
    const negative = bytes[start] === 0x2d;
    const from = negative ? start + 1 : start;
    if (end - from > 16) return null;
    let digits = 0;
    let scale = 1;
    let behindPoint = false;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0x2e) behindPoint = true;
      else if (byte > 0x39 || byte < 0x30) return null;
      else {
        digits = digits * 10 + byte - 0x30;
        if (behindPoint) scale *= 10;
      }
    }
    return digits > Number.MAX_SAFE_INTEGER ? null : (negative ? -digits : digits) / scale;
  }

  boolean(): boolean {
    const byte = this.peek();
    if (byte === 0x74) {
      this.word('true');
      return true;
    }
    if (byte === 0x66) {
      this.word('false');
      return false;
    }
    throw new WireError('not true or false');
  }

  /** Skips one value of any kind, brackets held against `maxLevels`. */
  skipValue(): void {
    const open = new Uint8Array(maxLevels);
    let level = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === 0x7b || byte === 0x5b) {
        if (level === maxLevels) throw new JsonSyntaxError('a value is nested too deeply');
        this.at++;
        // What closes a bracket is two codes above what opens it.
        open[level++] = byte + 2;
        if (this.peek() !== byte + 2) {
          if (byte === 0x7b) this.key();
          continue;
        }
        this.at++;
        level--;
      } else this.skipScalar(byte);
      // Behind a value: what closes, or a comma and the next one.
      while (level > 0 && this.peek() === open[level - 1]) {
        this.at++;
        level--;
      }
      if (level === 0) return;
      this.expect(0x2c);
      if (open[level - 1] === 0x7d) this.key();
    }
  }

  /** `true`, `false`, `null`. */
  word(text: string): void {
    for (let place = 0; place < text.length; place++) {
      if (this.bytes[this.at++] !== text.charCodeAt(place)) throw this.syntaxError();
    }
  }

  /** A key and its colon. */
  key(): void {
    this.string();
    this.expect(0x3a);
  }

  /** Place of the last byte of the escape whose letter is at `at`. */
  private skipEscape(at: number): number {
    const letter = this.bytes[at];
    if (letter === 0x75) {
      for (let digit = 1; digit <= 4; digit++) {
        const byte = this.bytes[at + digit] ?? 0;
        const isHex =
          (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
        if (!isHex) throw this.syntaxError();
      }
      return at + 4;
    }
    if (letter === undefined || !escapeLetters.includes(letter)) throw this.syntaxError();
    return at;
  }

  private skipScalar(byte: number): void {
    if (byte === 0x22) this.string();
    else if (byte === 0x74) this.word('true');
    else if (byte === 0x66) this.word('false');
    else if (byte === 0x6e) this.word('null');
    else this.skipNumber();
  }

  private skipNumber(): void {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    const digits = (): boolean => {
      const first = at;
      while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
      return at > first;
    };
    if (bytes[at] === 0x2d) at++;
    const whole = at;
    let fine = digits() && !(bytes[whole] === 0x30 && at > whole + 1);
    if (bytes[at] === 0x2e) {
      at++;
      fine = digits() && fine;
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      fine = digits() && fine;
    }
    this.at = at;
    if (!fine) throw this.syntaxError();
  }
}
