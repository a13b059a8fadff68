import type { Signal } from '../otlp/schema.js';
import { isUtf8 } from '../otlp/utf8.js';
import { WireReader } from '../otlp/wireReader.js';

/**
 * Which signal a record belongs to, by the wire types of its fields: a span starts with an id of
 * 16 bytes, a metric with a name, and only a log record has a fixed64 as its first field. The
 * messages around them have the same field numbers in all three.
 * @throws WireError when it is not a message.
 */
export function signalOfRecord(bytes: Uint8Array, from: number, to: number): Signal['path'] {
  const reader = new WireReader(bytes);
  reader.at = from;
  reader.end = to;
  let first: Uint8Array | null = null;
  let second = -1;
  let hasTimes = false;
  let isLog = false;
  while (reader.at < to) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    const wireType = tag & 7;
    if (wireType === 2) {
      const end = reader.lengthEnd();
      if (field === 1) first = bytes.subarray(reader.at, end);
      else if (field === 2) second = end - reader.at;
      reader.at = end;
    } else reader.skip(wireType);
    // Times of a log record; severity; times of a span.
    if ((wireType === 1 && (field === 1 || field === 11)) || (wireType === 0 && field === 2)) {
      isLog = true;
    } else if (wireType === 1 && (field === 7 || field === 8)) hasTimes = true;
  }
  if (isLog) return 'logs';
  if (hasTimes) return 'traces';
  if (first === null) return 'logs';
  // A span without times has ids; a metric may have a name and a description of their lengths.
  const isName = first.every((byte) => byte >= 0x20 && byte !== 0x7f);
  return first.length === 16 && second === 8 && !(isName && isUtf8(first, 0, 16))
    ? 'traces'
    : 'metrics';
}
