/** The bytes that structure JSON. */
export const byteOf = {
  lineFeed: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** White space, and the record separator of JSON text sequences (RFC 7464); not a line feed. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x1e;
}

/** Part of a byte order mark. */
export function isMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}

/** Whether a number or a word (`true`, `null`) may start with a byte. */
export function startsScalar(byte: number): boolean {
  return byte === 0x2d || isDigit(byte) || isLetter(byte);
}

/** Whether it may go on with it. */
export function continuesScalar(byte: number): boolean {
  return (
    isDigit(byte) ||
    isLetter(byte) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

const documentStart = '{"resource';
/** Bytes that `startsDocument` looks at. */
export const documentStartLength = documentStart.length + 1;

/**
 * Whether an OTLP document starts at a place: `{"resourceSpans"` or one of its sisters, but not
 * `{"resource":`, which is an element of one.
 */
export function startsDocument(bytes: Uint8Array, at: number): boolean {
  for (let offset = 0; offset < documentStart.length; offset++) {
    if (bytes[at + offset] !== documentStart.charCodeAt(offset)) return false;
  }
  return bytes[at + documentStart.length] !== byteOf.quote;
}
