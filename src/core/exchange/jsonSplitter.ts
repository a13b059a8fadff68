import { GrowingBytes } from './growingBytes.js';
import {
  byteOf,
  continuesScalar,
  documentStartLength,
  isBlank,
  isMark,
  startsDocument,
  startsScalar,
} from './jsonBytes.js';
import type { JsonListener, JsonPlace, Shape } from './jsonShape.js';

interface Frame {
  readonly shape: Shape;
  readonly isObject: boolean;
  /** In an object: the member whose value comes next. */
  member: Shape | undefined;
}

type Expecting = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd';
type Mode = 'structure' | 'key' | 'string' | 'container' | 'scalar' | 'lineEnd' | 'nextDocument';

/** Deepest nesting of one value; what OTLP may nest stays far below. */
const maxNesting = 256;

const { lineFeed, quote, comma, colon, backslash } = byteOf;
const { openBracket, closeBracket, openBrace, closeBrace } = byteOf;

/**
 * Walks a stream of JSON documents (one, many behind each other, or one a line) and hands over the
 * values that `shape` names, each as soon as it is complete, so that a document may be larger than
 * the memory. After an error in a document of one line the next line is read; after one in a
 * document of many lines, the next line that starts a document.
 */
export class JsonSplitter {
  private line = 1;
  private consumed = 0;
  private mode: Mode = 'structure';
  private expecting: Expecting = 'value';
  private readonly frames: Frame[] = [];
  private readonly captured = new GrowingBytes();
  private carry: Uint8Array | null = null;
  /** Of the value being walked: its shape (undefined = skipped), place and nesting. */
  private target: Shape | undefined;
  private place: JsonPlace = { line: 1, byte: 0 };
  private nesting = 0;
  private inString = false;
  private escaped = false;
  private documentLine = 1;
  private documentIsObject = false;
  /** Whether the byte before the current chunk ends a line. */
  private afterLineFeed = false;

  constructor(
    private readonly root: Shape,
    private readonly listener: JsonListener,
    private readonly maxValueBytes = 64 * 1024 * 1024,
  ) {}

  push(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.carry) {
      bytes = new Uint8Array(this.carry.length + chunk.length);
      bytes.set(this.carry);
      bytes.set(chunk, this.carry.length);
      this.carry = null;
    }
    this.walk(bytes, false);
  }

  /** The stream is complete; what is still open is an error. */
  end(): void {
    const rest = this.carry ?? new Uint8Array();
    this.carry = null;
    this.walk(rest, true);
    if (this.mode === 'scalar') this.finishValue();
    const isBetween = ['structure', 'lineEnd', 'nextDocument'].includes(this.mode);
    if (this.frames.length > 0 || !isBetween)
      this.fail('the file ends inside a value', this.consumed);
  }

  private walk(bytes: Uint8Array, last: boolean): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.mode) {
        case 'structure': {
          if (!last && this.mayStartLine(bytes, at)) {
            this.waitFrom(bytes, at);
            return;
          }
          at = this.structure(bytes, at);
          break;
        }
        case 'container':
          at = this.container(bytes, at, last);
          if (at < 0) {
            this.waitFrom(bytes, -1 - at);
            return;
          }
          break;
        case 'key':
        case 'string':
          at = this.text(bytes, at);
          break;
        case 'scalar':
          at = this.scalar(bytes, at);
          break;
        case 'lineEnd':
        case 'nextDocument':
          at = this.recover(bytes, at);
      }
    }
    if (bytes.length > 0) this.afterLineFeed = bytes[bytes.length - 1] === lineFeed;
    this.consumed += bytes.length;
  }

  /** Keeps the start of a line until more of it is here. */
  private waitFrom(bytes: Uint8Array, at: number): void {
    this.carry = bytes.slice(at);
    this.consumed += at;
    this.afterLineFeed = true;
  }

  /** One byte between values. */
  private structure(bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    if (byte === lineFeed) {
      this.line++;
      return at + 1;
    }
    if (isBlank(byte)) return at + 1;
    if (this.consumed + at < 3 && isMark(byte)) return at + 1;
    if (byte === openBrace && this.isTornBefore(bytes, at)) {
      this.fail('the line before ends inside a value', this.consumed + at, this.line - 1);
      this.mode = 'structure';
    }
    const frame = this.frames.at(-1);
    if (!frame) return this.beginValue(this.root, bytes, at);
    switch (this.expecting) {
      case 'keyOrEnd':
      case 'key':
        if (byte === quote) {
          this.captured.reset();
          this.mode = 'key';
          this.place = { line: this.line, byte: this.consumed + at };
          return at + 1;
        }
        if (byte === closeBrace && this.expecting === 'keyOrEnd') return this.leave(at);
        break;
      case 'colon':
        if (byte === colon) {
          this.expecting = 'value';
          return at + 1;
        }
        break;
      case 'commaOrEnd':
        if (byte === comma) {
          this.expecting = frame.isObject ? 'key' : 'value';
          return at + 1;
        }
        if (byte === (frame.isObject ? closeBrace : closeBracket)) return this.leave(at);
        break;
      case 'valueOrEnd':
        if (byte === closeBracket) return this.leave(at);
        return this.beginValue(frame.shape.elements, bytes, at);
      case 'value':
        return this.beginValue(frame.isObject ? frame.member : frame.shape.elements, bytes, at);
    }
    this.fail(`'${String.fromCharCode(byte)}' is not expected here`, this.consumed + at);
    return at;
  }

  private beginValue(shape: Shape | undefined, bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    this.place = { line: this.line, byte: this.consumed + at };
    if (this.frames.length === 0) {
      this.documentLine = this.line;
      this.documentIsObject = byte === openBrace;
    }
    const isObject = byte === openBrace;
    if (
      !shape?.take &&
      ((isObject && shape?.members) || (byte === openBracket && shape?.elements))
    ) {
      if (this.frames.length > maxNesting) {
        this.fail('values are nested too deeply', this.place.byte);
        return at;
      }
      this.frames.push({ shape, isObject, member: undefined });
      this.expecting = isObject ? 'keyOrEnd' : 'valueOrEnd';
      const told = isObject ? shape.tell : shape.tellList;
      if (told) this.listener.opened(told, this.place);
      return at + 1;
    }
    this.target = shape;
    this.nesting = 0;
    this.inString = false;
    this.escaped = false;
    this.captured.reset();
    if (isObject || byte === openBracket) this.mode = 'container';
    else if (byte === quote) {
      this.mode = 'string';
      this.captured.add(bytes, at, at + 1);
      return at + 1;
    } else if (startsScalar(byte)) this.mode = 'scalar';
    else this.fail(`'${String.fromCharCode(byte)}' does not start a value`, this.place.byte);
    return at;
  }

  /** A whole object or array that is taken or skipped. Negative: -1 - the place to wait at. */
  private container(bytes: Uint8Array, from: number, last: boolean): number {
    if (!last && this.mayStartLine(bytes, from)) return -1 - from;
    let at = from;
    let { nesting, inString, escaped } = this;
    const keep = (to: number) => {
      if (this.target?.take) this.captured.add(bytes, from, to);
      this.nesting = nesting;
      this.inString = inString;
      this.escaped = escaped;
    };
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === lineFeed) {
        if (inString) {
          keep(at);
          this.fail('a text is not closed at the end of the line', this.consumed + at);
          return at;
        }
        this.line++;
        if (!last && this.mayStartLine(bytes, at + 1)) {
          keep(at + 1);
          return -1 - (at + 1);
        }
        continue;
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = true;
      else if (byte === openBrace || byte === openBracket) {
        if (byte === openBrace && this.isTornBefore(bytes, at)) {
          keep(at);
          this.fail('the line before ends inside a value', this.consumed + at, this.line - 1);
          this.mode = 'structure';
          return at;
        }
        if (++nesting > maxNesting) this.refuse('a value is nested too deeply');
      } else if (byte === closeBrace || byte === closeBracket) {
        nesting--;
        if (nesting === 0) {
          keep(at + 1);
          this.finishValue();
          return at + 1;
        }
      }
    }
    keep(at);
    if (this.captured.length > this.maxValueBytes) this.refuse('a value is too large');
    return at;
  }

  private text(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === lineFeed) {
        this.fail('a text is not closed at the end of the line', this.consumed + at);
        return at;
      }
      if (this.escaped) this.escaped = false;
      else if (byte === backslash) this.escaped = true;
      else if (byte === quote) {
        if (this.mode === 'string') {
          if (this.target?.take) this.captured.add(bytes, from, at + 1);
          this.finishValue();
        } else {
          this.captured.add(bytes, from, at);
          this.frames.at(-1)!.member = this.memberNamed(this.captured.asText());
          this.mode = 'structure';
          this.expecting = 'colon';
        }
        return at + 1;
      }
    }
    if (this.mode === 'key' || this.target?.take) this.captured.add(bytes, from, at);
    if (this.captured.length > this.maxValueBytes) this.refuse('a value is too large');
    return at;
  }

  private memberNamed(name: string): Shape | undefined {
    const { members } = this.frames.at(-1)!.shape;
    return members && Object.hasOwn(members, name) ? members[name] : undefined;
  }

  private scalar(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      if (continuesScalar(bytes[at]!)) continue;
      this.captured.add(bytes, from, at);
      this.finishValue();
      return at;
    }
    this.captured.add(bytes, from, at);
    if (this.captured.length > 4_096) this.fail('a number is too long', this.consumed + at);
    return at;
  }

  private finishValue(): void {
    const name = this.target?.take;
    this.mode = 'structure';
    this.expecting = 'commaOrEnd';
    if (this.frames.length === 0) {
      this.fail('this is not a JSON object', this.place.byte);
      return;
    }
    if (name) this.listener.taken(name, this.captured.asBytes(), this.place);
    this.captured.reset();
  }

  /** The value is left out; the walk through it goes on without keeping it. */
  private refuse(reason: string): void {
    if (this.target === undefined) return;
    if (this.target.take) this.listener.failed(reason, this.place);
    this.target = undefined;
    this.captured.reset();
  }

  private leave(at: number): number {
    const frame = this.frames.pop()!;
    if (frame.isObject && frame.shape.tell) this.listener.closed(frame.shape.tell);
    this.expecting = 'commaOrEnd';
    return at + 1;
  }

  private fail(reason: string, byte: number, line = this.line): void {
    this.listener.failed(reason, { line, byte });
    while (this.frames.length > 0) this.leave(0);
    this.mode = this.documentLine === line ? 'lineEnd' : 'nextDocument';
    this.expecting = 'value';
    this.captured.reset();
  }

  /** Skips to where a document may start again. */
  private recover(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      const isStart = byte === openBrace || byte === openBracket;
      if (this.mode === 'nextDocument' && isStart && this.startsLine(bytes, at)) {
        this.mode = 'structure';
        return at;
      }
      if (byte !== lineFeed) continue;
      this.line++;
      if (this.mode === 'lineEnd') {
        this.mode = 'structure';
        return at + 1;
      }
    }
    return at;
  }

  private startsLine(bytes: Uint8Array, at: number): boolean {
    return at === 0 ? this.afterLineFeed : bytes[at - 1] === lineFeed;
  }

  /** Whether `at` starts a line whose first bytes are not all here yet. */
  private mayStartLine(bytes: Uint8Array, at: number): boolean {
    if (at + documentStartLength <= bytes.length || bytes[at] !== openBrace) return false;
    return this.frames.length > 0 && this.startsLine(bytes, at);
  }

  /**
   * A JSON-lines file whose writer was killed has a line that ends early; the next one starts a
   * document of its own, even where the broken one could go on.
   */
  private isTornBefore(bytes: Uint8Array, at: number): boolean {
    if (this.frames.length === 0 || !this.documentIsObject) return false;
    if (this.documentLine !== this.line - 1 || !this.startsLine(bytes, at)) return false;
    return startsDocument(bytes, at);
  }
}
