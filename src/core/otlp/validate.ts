import { anyValue, keyValue, type Message } from './schema.js';
import { isUtf8 } from './utf8.js';
import { maxDepth, WireError, type WireReader } from './wireReader.js';

/**
 * Walks a message that is kept as bytes, so that whatever is read from it later is known to be
 * well formed: lengths, UTF-8, nesting.
 * @throws WireError naming what is wrong.
 */
export function validateMessage(
  message: Message,
  reader: WireReader,
  end: number,
  depth = 0,
): void {
  if (depth > maxDepth) throw new WireError('a value is nested too deeply');
  const outerEnd = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    const wireType = tag & 7;
    const field = message.byNumber[Math.floor(tag / 8)];
    if (wireType !== 2 || !field) {
      reader.skip(wireType);
      continue;
    }
    const to = reader.lengthEnd();
    const { type } = field;
    if (type === anyValue) validateAnyValue(reader, to, depth + 1);
    else if (typeof type !== 'string') validateMessage(type, reader, to, depth + 1);
    else if (type === 'string' && !isUtf8(reader.bytes, reader.at, to)) {
      throw new WireError(`${field.name} is not UTF-8`);
    }
    reader.at = to;
  }
  reader.end = outerEnd;
}

/** The same for an `AnyValue`, by far the most frequent message. */
export function validateAnyValue(reader: WireReader, end: number, depth: number): void {
  const { bytes } = reader;
  // One short string is nearly every value: tag, length, ASCII.
  if (bytes[reader.at] === 0x0a && reader.at < end) {
    const length = bytes[reader.at + 1]!;
    if (length < 0x80 && reader.at + 2 + length === end) {
      if (!isUtf8(bytes, reader.at + 2, end)) throw new WireError('a value is not UTF-8');
      reader.at = end;
      return;
    }
  }
  if (depth > maxDepth) throw new WireError('a value is nested too deeply');
  const outerEnd = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if ((tag & 7) !== 2) {
      reader.skip(tag & 7);
      continue;
    }
    const to = reader.lengthEnd();
    if (field === 1 && !isUtf8(bytes, reader.at, to)) throw new WireError('a value is not UTF-8');
    else if (field === 5) validateList(reader, to, depth + 1);
    else if (field === 6) validateKeyValues(reader, to, depth + 1);
    reader.at = to;
  }
  reader.end = outerEnd;
}

function validateList(reader: WireReader, end: number, depth: number): void {
  const outerEnd = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) validateAnyValue(reader, reader.lengthEnd(), depth);
    else reader.skip(tag & 7);
  }
  reader.end = outerEnd;
}

function validateKeyValues(reader: WireReader, end: number, depth: number): void {
  const outerEnd = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) validateMessage(keyValue, reader, reader.lengthEnd(), depth);
    else reader.skip(tag & 7);
  }
  reader.end = outerEnd;
}
