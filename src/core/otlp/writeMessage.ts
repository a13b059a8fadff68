import type { Field, Message, Scalar } from './schema.js';
import { fromBase64, fromHex } from './text.js';
import { maxDepth, WireError } from './wireReader.js';
import { WireWriter } from './wireWriter.js';

/** How many records of a request were left out, and why the first one was. */
export interface Rejections {
  count: number;
  firstReason: string | null;
}

/**
 * Encodes a value in the shape of OTLP's JSON encoding as protobuf, checking every field's type.
 * Unknown fields are ignored; a bad record (span, log record, metric) is left out and counted.
 * @throws WireError when the frame around the records is wrong.
 */
export function writeMessage(
  message: Message,
  value: unknown,
  writer: WireWriter,
  rejections: Rejections,
  depth = 0,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WireError(`${message.name} is not an object`);
  }
  if (depth > maxDepth * 2) throw new WireError('a value is nested too deeply');
  for (const key in value) {
    const field = message.byName.get(key);
    if (field === undefined) continue;
    const content = (value as Record<string, unknown>)[key];
    if (content === null || content === undefined) continue;
    if (!field.repeated) writeField(field, content, writer, rejections, depth);
    else if (!Array.isArray(content)) throw new WireError(`${key} is not a list`);
    else for (const element of content) writeField(field, element, writer, rejections, depth);
  }
}

export function encodeMessage(
  message: Message,
  value: unknown,
  rejections: Rejections,
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  writeMessage(message, value, writer, rejections);
  return writer.finish();
}

function writeField(
  field: Field,
  value: unknown,
  writer: WireWriter,
  rejections: Rejections,
  depth: number,
): void {
  const { number, type, name } = field;
  if (typeof type === 'string') {
    writeScalar(type, number, name, value, writer);
    return;
  }
  const before = writer.at;
  try {
    writer.tag(number, 2);
    const mark = writer.open();
    writeMessage(type, value, writer, rejections, depth + 1);
    writer.close(mark);
  } catch (error) {
    if (!type.rejectable || !(error instanceof WireError)) throw error;
    writer.at = before;
    rejections.count++;
    rejections.firstReason ??= error.message;
  }
}

function writeScalar(
  type: Scalar,
  number: number,
  name: string,
  value: unknown,
  writer: WireWriter,
): void {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw new WireError(`${name} is not a string`);
      writer.tag(number, 2);
      writer.text(value);
      return;
    case 'id':
    case 'bytes': {
      if (typeof value !== 'string') throw new WireError(`${name} is not a string`);
      const bytes = type === 'id' ? fromHex(value) : fromBase64(value);
      if (!bytes) throw new WireError(`${name} is not ${type === 'id' ? 'hex' : 'base64'}`);
      writer.tag(number, 2);
      writer.lengthDelimited(bytes);
      return;
    }
    case 'bool':
      if (typeof value !== 'boolean') throw new WireError(`${name} is not true or false`);
      writer.tag(number, 0);
      writer.varint(value ? 1 : 0);
      return;
    case 'double':
      writer.tag(number, 1);
      writer.double(toDouble(value, name));
      return;
    case 'fixed64':
    case 'sfixed64':
      writer.tag(number, 1);
      writer.fixed64(toInteger(value, name));
      return;
    case 'fixed32':
      writer.tag(number, 5);
      writer.fixed32(Number(toInteger(value, name)));
      return;
    case 'sint32': {
      const integer = Number(toInteger(value, name));
      writer.tag(number, 0);
      writer.varint(integer >= 0 ? integer * 2 : -integer * 2 - 1);
      return;
    }
    default:
      writer.tag(number, 0);
      if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
        writer.varint(value);
      } else writer.varint64(toInteger(value, name));
  }
}

/** Numbers, and the strings by which JSON spells 64-bit integers. */
function toInteger(value: unknown, name: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new WireError(`${name} is not a whole number`);
}

function toDouble(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) {
    return Number(value);
  }
  throw new WireError(`${name} is not a number`);
}
