/**
 * Reads what Spanpath must know of a JSON-RPC message by walking its bytes: id, method, and where
 * `params`, `_meta` and the trace context stand. Nothing is decoded or printed again, so a message
 * can be edited without touching any other byte of it.
 *
 * The walk is tolerant: it finds its way through text that a strict parser would refuse, because
 * refusing is the peer's business. With a key that occurs twice the last one counts, as it does
 * for `JSON.parse`.
 */

/** Half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ScannedMessage {
  /** The object itself, braces included. */
  readonly range: ByteRange;
  /** `request` has a method and an id, `notification` a method, `response` only an id. */
  readonly kind: 'request' | 'notification' | 'response' | 'other';
  /** The id as it is spelled, quotes included, so that `1` and `"1"` differ; null when absent. */
  readonly id: string | null;
  readonly method: string | null;
  readonly params: ByteRange | null;
  /** `_meta` inside `params`, whatever its type. */
  readonly meta: ByteRange | null;
  /** Values inside `_meta`, quotes included. */
  readonly traceparent: ByteRange | null;
  readonly tracestate: ByteRange | null;
  readonly baggage: ByteRange | null;
  /** `requestState` inside `params`: a retry of 2026-07-28 that continues an earlier call. */
  readonly requestState: ByteRange | null;
  readonly result: ByteRange | null;
  readonly error: ByteRange | null;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

/**
 * The messages of one line: one for an object, several for a batch, and `null` when the line is
 * not a JSON object or array from its first byte to its last (white space aside).
 */
export function scanMessages(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): readonly ScannedMessage[] | null {
  const first = skipSpace(bytes, start, end);
  if (bytes[first] === openBrace && first < end) {
    const message = scanObject(bytes, first, end);
    return message && skipSpace(bytes, message.range.end, end) === end ? [message] : null;
  }
  if (bytes[first] !== openBracket || first >= end) return null;
  const messages: ScannedMessage[] = [];
  let at = skipSpace(bytes, first + 1, end);
  if (bytes[at] === closeBracket && at < end) {
    return skipSpace(bytes, at + 1, end) === end ? messages : null;
  }
  while (at < end) {
    if (bytes[at] === openBrace) {
      const message = scanObject(bytes, at, end);
      if (!message) return null;
      messages.push(message);
      at = message.range.end;
    } else {
      const after = skipValue(bytes, at, end);
      if (after < 0) return null;
      at = after;
    }
    at = skipSpace(bytes, at, end);
    if (at < end && bytes[at] === comma) at = skipSpace(bytes, at + 1, end);
    else if (at < end && bytes[at] === closeBracket) {
      return skipSpace(bytes, at + 1, end) === end ? messages : null;
    } else return null;
  }
  return null;
}

function scanObject(bytes: Uint8Array, start: number, end: number): ScannedMessage | null {
  let id: string | null = null;
  let method: string | null = null;
  let params: ByteRange | null = null;
  let result: ByteRange | null = null;
  let error: ByteRange | null = null;
  const after = forEachMember(bytes, start, end, (key, valueStart, valueEnd) => {
    switch (key) {
      case 'id':
        id = isNull(bytes, valueStart, valueEnd) ? null : textOf(bytes, valueStart, valueEnd);
        break;
      case 'method':
        method = bytes[valueStart] === quote ? stringAt(bytes, valueStart, valueEnd) : null;
        break;
      case 'params':
        params = { start: valueStart, end: valueEnd };
        break;
      case 'result':
        result = { start: valueStart, end: valueEnd };
        break;
      case 'error':
        error = isNull(bytes, valueStart, valueEnd) ? null : { start: valueStart, end: valueEnd };
    }
  });
  if (after < 0) return null;
  const kind =
    method !== null
      ? id !== null
        ? 'request'
        : 'notification'
      : result !== null || error !== null
        ? 'response'
        : 'other';
  return {
    range: { start, end: after },
    kind,
    id,
    method,
    params,
    ...scanParams(bytes, method === null ? null : params),
    result,
    error,
  };
}

type ParamsParts = Pick<
  ScannedMessage,
  'meta' | 'traceparent' | 'tracestate' | 'baggage' | 'requestState'
>;
const noParts: ParamsParts = {
  meta: null,
  traceparent: null,
  tracestate: null,
  baggage: null,
  requestState: null,
};

function scanParams(bytes: Uint8Array, params: ByteRange | null): ParamsParts {
  if (!params || bytes[params.start] !== openBrace) return noParts;
  let meta: ByteRange | null = null;
  let requestState: ByteRange | null = null;
  forEachMember(bytes, params.start, params.end, (key, start, end) => {
    if (key === '_meta') meta = { start, end };
    else if (key === 'requestState') requestState = { start, end };
  });
  const found: { -readonly [K in keyof ParamsParts]: ParamsParts[K] } = { ...noParts };
  found.meta = meta as ByteRange | null;
  found.requestState = requestState;
  if (found.meta && bytes[found.meta.start] === openBrace) {
    forEachMember(bytes, found.meta.start, found.meta.end, (key, start, end) => {
      if (key === 'traceparent' || key === 'tracestate' || key === 'baggage') {
        found[key] = { start, end };
      }
    });
  }
  return found;
}

/**
 * Calls back for each member of the object at `start`, in order, with the value's range. Returns
 * the offset after the closing brace, or -1 when the object does not end before `end`.
 */
export function forEachMember(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (key: string, valueStart: number, valueEnd: number) => void,
): number {
  let at = skipSpace(bytes, start + 1, end);
  if (at < end && bytes[at] === closeBrace) return at + 1;
  while (at < end) {
    if (bytes[at] !== quote) return -1;
    const keyEnd = skipString(bytes, at, end);
    if (keyEnd < 0) return -1;
    const key = stringAt(bytes, at, keyEnd);
    at = skipSpace(bytes, keyEnd, end);
    if (at >= end || bytes[at] !== colon) return -1;
    const valueStart = skipSpace(bytes, at + 1, end);
    const valueEnd = skipValue(bytes, valueStart, end);
    if (valueEnd < 0) return -1;
    visit(key, valueStart, valueEnd);
    at = skipSpace(bytes, valueEnd, end);
    if (at >= end) return -1;
    if (bytes[at] === closeBrace) return at + 1;
    if (bytes[at] !== comma) return -1;
    at = skipSpace(bytes, at + 1, end);
  }
  return -1;
}

/** The offset of the first byte that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** The offset after the value at `start`, or -1 when it does not end before `end`. */
export function skipValue(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  if (start >= end) return -1;
  if (first === quote) return skipString(bytes, start, end);
  if (first === openBrace || first === openBracket) {
    let depth = 0;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
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
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20) break;
    if (byte === quote || byte === colon || byte === openBrace || byte === openBracket) return -1;
    at++;
  }
  return at > start ? at : -1;
}

/** Strings longer than this are searched with the engine's own byte search. */
const shortString = 48;

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

function isNull(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 4 && bytes[start] === 0x6e;
}

const decoder = new TextDecoder();

/** The text of a range of UTF-8; broken sequences become U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return decoder.decode(bytes.subarray(start, end));
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
