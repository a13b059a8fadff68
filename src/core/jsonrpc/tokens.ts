/** Finds the ends of JSON tokens in bytes. */

export const quote = 0x22;
export const backslash = 0x5c;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const colon = 0x3a;
export const comma = 0x2c;

/** The offset of the first byte that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    at++;
  }
  return at;
}

/** The offset after the value at `start`, or -1 when it does not end before `end`. */
export function skipValue(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  const first = bytes[start];
  if (first === quote) return skipString(bytes, start, end);
  if (first === openBrace || first === openBracket) return skipNested(bytes, start, end);
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20) break;
    if (byte === quote || byte === colon || byte === openBrace || byte === openBracket) return -1;
    at++;
  }
  return at > start ? at : -1;
}

function skipNested(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = skipString(bytes, at, end);
      if (at < 0) return -1;
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return -1;
}

/** Strings longer than this are searched with the engine's own byte search. */
const shortString = 96;

/** The offset after the string whose opening quote is at `start`, or -1. */
export function skipString(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  const near = Math.min(end, at + shortString);
  while (at < near) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    at += byte === backslash ? 2 : 1;
  }
  while (at < end) {
    const found = bytes.indexOf(quote, at);
    if (found < 0 || found >= end) return -1;
    let slashes = 0;
    while (found - slashes > at && bytes[found - slashes - 1] === backslash) slashes++;
    if (slashes % 2 === 0) return found + 1;
    at = found + 1;
  }
  return -1;
}

const decoder = new TextDecoder();

/** The text of a range of UTF-8; broken sequences become U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 32) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The value of the string in a range, quotes included; an illegal one is returned as spelled. */
export function stringAt(bytes: Uint8Array, start: number, end: number): string {
  const text = textOf(bytes, start + 1, end - 1);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
