import { JsonScanner, JsonSyntaxError } from './jsonScanner.js';
import type { Field, Message, Scalar, Signal } from './schema.js';
import { fromBase64 } from './text.js';
import { maxDepth, WireError } from './wireReader.js';
import { WireWriter } from './wireWriter.js';
import type { Rejections } from './writeMessage.js';

/**
 * An OTLP/JSON request as protobuf, in one walk over its bytes. Unknown fields are ignored, bad
 * records left out and counted. The result is well formed: it need not be validated again.
 * @throws WireError when it is not JSON or its frame is not OTLP's.
 */
export function jsonToProtobuf(
  signal: Signal,
  json: Uint8Array,
): { bytes: Uint8Array<ArrayBuffer>; rejections: Rejections } {
  const transcoder = new JsonTranscoder(json);
  transcoder.message(signal.request, 0);
  transcoder.end();
  return { bytes: transcoder.writer.peek(), rejections: transcoder.rejections };
}

class JsonTranscoder {
  readonly writer: WireWriter;
  readonly rejections: Rejections = { count: 0, firstReason: null };
  private readonly scanner: JsonScanner;

  constructor(json: Uint8Array) {
    this.scanner = new JsonScanner(json);
    this.writer = new WireWriter(Math.max(256, json.length >> 1));
  }

  end(): void {
    if (this.scanner.peek() !== -1) throw this.scanner.syntaxError();
  }

  message(message: Message, depth: number): void {
    const { scanner } = this;
    if (scanner.peek() !== 0x7b) throw this.notA(message.name, 'an object');
    if (depth > maxDepth * 2) throw new WireError('a value is nested too deeply');
    scanner.at++;
    if (scanner.peek() === 0x7d) {
      scanner.at++;
      return;
    }
    for (;;) {
      scanner.key();
      const field = scanner.escaped
        ? message.byName.get(scanner.text())
        : message.findField(scanner.bytes, scanner.from, scanner.to);
      const next = scanner.peek();
      if (field === undefined) scanner.skipValue();
      else if (next === 0x6e) scanner.word('null');
      else if (!field.repeated) this.field(field, depth);
      else if (next === 0x5b) this.list(field, depth);
      else throw this.notA(field.name, 'a list');
      if (scanner.peek() !== 0x2c) break;
      scanner.at++;
    }
    scanner.expect(0x7d);
  }

  private list(field: Field, depth: number): void {
    const { scanner } = this;
    scanner.at++;
    if (scanner.peek() === 0x5d) {
      scanner.at++;
      return;
    }
    for (;;) {
      this.field(field, depth);
      if (scanner.peek() !== 0x2c) break;
      scanner.at++;
    }
    scanner.expect(0x5d);
  }

  private field(field: Field, depth: number): void {
    const { writer } = this;
    const { type } = field;
    if (typeof type === 'string') {
      this.scalar(type, field);
      return;
    }
    if (type.rejectable) {
      this.record(field, type, depth);
      return;
    }
    writer.tag(field.number, 2);
    const mark = writer.open();
    this.message(type, depth + 1);
    writer.close(mark);
  }

  /** A span, log record or metric: when it is wrong, the walk goes on behind it. */
  private record(field: Field, type: Message, depth: number): void {
    const { writer, scanner, rejections } = this;
    scanner.peek();
    const start = scanner.at;
    const before = writer.at;
    try {
      writer.tag(field.number, 2);
      const mark = writer.open();
      this.message(type, depth + 1);
      writer.close(mark);
    } catch (error) {
      if (!(error instanceof WireError) || error instanceof JsonSyntaxError) throw error;
      writer.at = before;
      rejections.count++;
      rejections.firstReason ??= error.message;
      scanner.at = start;
      this.skipBadRecord();
    }
  }

  /** Its text may be what is wrong with it; then its brackets must still be right. */
  private skipBadRecord(): void {
    try {
      this.scanner.skipValue();
    } catch (error) {
      if (error instanceof JsonSyntaxError || !(error instanceof WireError)) throw error;
      throw new JsonSyntaxError(error.message);
    }
  }

  private scalar(type: Scalar, field: Field): void {
    const { scanner, writer } = this;
    const { number, name } = field;
    const next = scanner.peek();
    switch (type) {
      case 'string':
        if (next !== 0x22) throw this.notA(name, 'a string');
        scanner.string();
        writer.tag(number, 2);
        if (scanner.escaped) writer.text(scanner.text());
        else writer.lengthDelimitedRange(scanner.bytes, scanner.from, scanner.to);
        return;
      case 'id':
        if (next !== 0x22) throw this.notA(name, 'a string');
        scanner.string();
        writer.tag(number, 2);
        if (!writer.hex(scanner.bytes, scanner.from, scanner.to))
          throw new WireError(`${name} is not hex`);
        return;
      case 'bytes': {
        if (next !== 0x22) throw this.notA(name, 'a string');
        scanner.string();
        const bytes = fromBase64(scanner.text());
        if (!bytes) throw new WireError(`${name} is not base64`);
        writer.tag(number, 2);
        writer.lengthDelimited(bytes);
        return;
      }
      case 'bool':
        writer.tag(number, 0);
        writer.varint(scanner.boolean() ? 1 : 0);
        return;
      case 'double':
        if (next === 0x7b || next === 0x5b) throw this.notA(name, 'a number');
        writer.tag(number, 1);
        writer.double(scanner.double());
        return;
      default:
        this.integer(type, field, next);
    }
  }

  private integer(type: Scalar, field: Field, next: number): void {
    const { scanner, writer } = this;
    const { number, name } = field;
    if (next !== 0x22 && next !== 0x2d && !(next >= 0x30 && next <= 0x39)) {
      throw this.notA(name, 'a whole number');
    }
    try {
      scanner.integer();
    } catch (error) {
      throw error instanceof JsonSyntaxError ? error : this.notA(name, 'a whole number');
    }
    const { low, high, negative } = scanner;
    if (type === 'fixed64' || type === 'sfixed64') {
      writer.tag(number, 1);
      if (negative) writer.fixed64(-((BigInt(high) << 32n) | BigInt(low)));
      else writer.fixed64Words(low, high);
    } else if (type === 'fixed32') {
      writer.tag(number, 5);
      writer.fixed32(low);
    } else if (type === 'sint32') {
      writer.tag(number, 0);
      writer.varint(negative ? low * 2 - 1 : low * 2);
    } else {
      writer.tag(number, 0);
      if (!negative && high < 0x200000) writer.varint(high * 2 ** 32 + low);
      else {
        const magnitude = (BigInt(high) << 32n) | BigInt(low);
        writer.varint64(negative ? -magnitude : magnitude);
      }
    }
  }

  /** What is there instead may also be no JSON at all. */
  private notA(name: string, wanted: string): WireError {
    const next = this.scanner.peek();
    const starts = '{["-0123456789tfn';
    if (next === -1 || !starts.includes(String.fromCharCode(next))) {
      return this.scanner.syntaxError();
    }
    return new WireError(`${name} is not ${wanted}`);
  }
}
