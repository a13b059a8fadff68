import type { Field, Message } from './schema.js';
import { decodeText, toBase64, toHex } from './text.js';
import { maxDepth, WireError, type WireReader } from './wireReader.js';

/** A message in the shape of OTLP's JSON encoding: ids in hex, 64-bit integers as decimal strings. */
export type WireObject = { [name: string]: WireValue };
export type WireValue = string | number | boolean | null | WireObject | WireValue[];

/** Reads from `reader.at` to `end` by field table; unknown fields are skipped. */
export function readMessage(
  message: Message,
  reader: WireReader,
  end: number,
  depth = 0,
): WireObject {
  if (depth > maxDepth * 2) throw new WireError('a value is nested too deeply');
  const result: WireObject = {};
  const outerEnd = reader.end;
  reader.end = end;
  while (reader.at < end) {
    const tag = reader.varint();
    const wireType = tag & 7;
    const field = message.byNumber[Math.floor(tag / 8)];
    if (!field) reader.skip(wireType);
    else readField(field, wireType, reader, result, depth);
  }
  reader.end = outerEnd;
  return result;
}

function readField(
  field: Field,
  wireType: number,
  reader: WireReader,
  into: WireObject,
  depth: number,
): void {
  const { name, type, repeated } = field;
  if (typeof type !== 'string') {
    if (wireType !== 2) {
      reader.skip(wireType);
      return;
    }
    const value = readMessage(type, reader, reader.lengthEnd(), depth + 1);
    if (!repeated) into[name] = value;
    else append(into, name, value);
    return;
  }
  if (!repeated) {
    const value = readScalar(type, wireType, reader);
    if (value !== undefined) into[name] = value;
    return;
  }
  if (wireType === 2 && type !== 'string' && type !== 'bytes') {
    const end = reader.lengthEnd();
    while (reader.at < end) append(into, name, readScalar(type, packedType(type), reader) ?? 0);
    return;
  }
  const value = readScalar(type, wireType, reader);
  if (value !== undefined) append(into, name, value);
}

function append(into: WireObject, name: string, value: WireValue): void {
  const list = into[name];
  if (Array.isArray(list)) list.push(value);
  else into[name] = [value];
}

function packedType(type: string): number {
  if (type === 'double' || type === 'fixed64' || type === 'sfixed64') return 1;
  return type === 'fixed32' ? 5 : 0;
}

/** `undefined` when the wire type is not the field's; the bytes are skipped then. */
function readScalar(type: string, wireType: number, reader: WireReader): WireValue | undefined {
  switch (type) {
    case 'string':
    case 'id':
    case 'bytes': {
      if (wireType !== 2) break;
      const end = reader.lengthEnd();
      const from = reader.at;
      reader.at = end;
      if (type === 'string') return decodeText(reader.bytes, from, end);
      if (type === 'id') return toHex(reader.bytes, from, end);
      return toBase64(reader.bytes.subarray(from, end));
    }
    case 'bool':
      if (wireType === 0) return reader.varint() !== 0;
      break;
    case 'uint32':
      if (wireType === 0) return reader.varint() % 2 ** 32;
      break;
    case 'enum':
      if (wireType === 0) return Number(BigInt.asIntN(32, reader.varint64()));
      break;
    case 'sint32':
      if (wireType === 0) {
        const value = reader.varint();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      break;
    case 'int64':
      if (wireType === 0) return BigInt.asIntN(64, reader.varint64()).toString();
      break;
    case 'uint64':
      if (wireType === 0) return reader.varint64().toString();
      break;
    case 'double':
      if (wireType === 1) return jsonDouble(reader.double());
      break;
    case 'fixed64':
      if (wireType === 1) return reader.fixed64().toString();
      break;
    case 'sfixed64':
      if (wireType === 1) return BigInt.asIntN(64, reader.fixed64()).toString();
      break;
    case 'fixed32':
      if (wireType === 5) return reader.fixed32();
      break;
  }
  reader.skip(wireType);
  return undefined;
}

/** The protobuf JSON mapping spells the values that JSON lacks. */
function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
