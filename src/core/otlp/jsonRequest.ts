import type { Signal } from './schema.js';
import { maxDepth, WireError } from './wireReader.js';
import { encodeMessage, type Rejections } from './writeMessage.js';

/** Levels of brackets that a request's frame adds around an attribute's value, generously. */
const frameLevels = 24;
/** Every level of an `AnyValue` list is four brackets deep in JSON. */
const maxLevels = maxDepth * 4 + frameLevels;

/** Whether the brackets of a text nest deeper than any value that is kept; reads bytes, parses nothing. */
export function isJsonTooDeep(bytes: Uint8Array): boolean {
  let level = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x22) {
      // Skip the string; a backslash hides the byte behind it.
      for (at++; at < bytes.length && bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++level > maxLevels) return true;
    } else if (byte === 0x7d || byte === 0x5d) level--;
  }
  return false;
}

/** A number that a double cannot hold, where OTLP puts times and integers. */
const longNumber = /"(?:[a-zA-Z]*UnixNano|intValue|asInt)"\s*:\s*-?\d{16,}/;
const longNumbers = /("(?:[a-zA-Z]*UnixNano|intValue|asInt)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/**
 * An OTLP/JSON request as protobuf. Bad records are left out and counted.
 * @throws WireError when it is not JSON or its frame is not OTLP's.
 */
export function jsonToProtobuf(
  signal: Signal,
  text: string,
): { bytes: Uint8Array<ArrayBuffer>; rejections: Rejections } {
  const rejections: Rejections = { count: 0, firstReason: null };
  let value: unknown;
  try {
    // Numbers are allowed for 64-bit fields; they are read as strings, to the last digit.
    value = JSON.parse(longNumber.test(text) ? text.replace(longNumbers, '$1"$2"') : text);
  } catch {
    throw new WireError('the body is not JSON');
  }
  return { bytes: encodeMessage(signal.request, value, rejections), rejections };
}
