/**
 * W3C Trace Context (`traceparent` level 1 and 2), as text and as the bytes of its ids: those are
 * made, read and written for every request that passes, so nothing there makes garbage.
 */

export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Bit 0: sampled. */
  readonly flags: number;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for anything the recommendation calls invalid; later versions may carry more fields. */
export function parseTraceparent(text: string): TraceContext | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/**
 * The caller's context: what the message says itself, else what the HTTP request around it says;
 * and the first of them that is not valid.
 */
export function readIncoming(
  inner: string | null,
  outer: string | null,
): { incoming: TraceContext | null; malformed: string | null } {
  const own = inner === null ? null : parseTraceparent(inner);
  const around = own || outer === null ? null : parseTraceparent(outer);
  let malformed = inner !== null && !own ? inner : null;
  if (!own && outer !== null && !around) malformed ??= outer;
  return { incoming: own ?? around, malformed: malformed?.slice(0, 200) ?? null };
}

/** Bytes of a `traceparent`. */
export const traceparentBytes = 55;
/** Bytes of a trace id and a span id behind it; all zero for no context. */
export const idBytes = 24;
const traceIdBytes = 16;

const dash = 0x2d;
const zero = 0x30;
const digits = new TextEncoder().encode('0123456789abcdef');
const valueOfDigit = new Int8Array(256).fill(-1);
digits.forEach((digit, value) => {
  valueOfDigit[digit] = value;
});

/**
 * Reads the `traceparent` of the first version that stands in `bytes`; its ids go to `ids` at `at`.
 * Returns its flags, or -1 when it is not valid, with anything in `ids`.
 */
export function readTraceparent(
  bytes: Uint8Array,
  start: number,
  end: number,
  ids: Uint8Array,
  at: number,
): number {
  if (end - start !== traceparentBytes) return -1;
  if (bytes[start] !== zero || bytes[start + 1] !== zero || bytes[start + 2] !== dash) return -1;
  if (bytes[start + 35] !== dash || bytes[start + 52] !== dash) return -1;
  if (!readHex(bytes, start + 3, ids, at, traceIdBytes)) return -1;
  if (!readHex(bytes, start + 36, ids, at + traceIdBytes, idBytes - traceIdBytes)) return -1;
  const high = valueOfDigit[bytes[start + 53] as number] as number;
  const low = valueOfDigit[bytes[start + 54] as number] as number;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** False for what is no lower-case hex, and for zeros only. */
function readHex(
  bytes: Uint8Array,
  start: number,
  out: Uint8Array,
  at: number,
  count: number,
): boolean {
  let all = 0;
  for (let index = 0; index < count; index++) {
    const high = valueOfDigit[bytes[start + 2 * index] as number] as number;
    const low = valueOfDigit[bytes[start + 2 * index + 1] as number] as number;
    if (high < 0 || low < 0) return false;
    const byte = (high << 4) | low;
    out[at + index] = byte;
    all |= byte;
  }
  return all !== 0;
}

/** Writes the 55 bytes of a `traceparent` with the ids that stand in `ids` at `from`. */
export function writeTraceparent(
  out: Uint8Array,
  at: number,
  ids: Uint8Array,
  from: number,
  sampled: boolean,
): void {
  out[at] = out[at + 1] = out[at + 53] = zero;
  out[at + 2] = out[at + 35] = out[at + 52] = dash;
  writeHex(out, at + 3, ids, from, traceIdBytes);
  writeHex(out, at + 36, ids, from + traceIdBytes, idBytes - traceIdBytes);
  out[at + 54] = sampled ? zero + 1 : zero;
}

function writeHex(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) {
    const byte = bytes[from + index] as number;
    out[at + 2 * index] = digits[byte >> 4] as number;
    out[at + 2 * index + 1] = digits[byte & 15] as number;
  }
}

export function newTraceId(ids: Uint8Array, at: number): void {
  fillRandomly(ids, at, traceIdBytes);
}

/** For the ids that begin at `at`. */
export function newSpanId(ids: Uint8Array, at: number): void {
  fillRandomly(ids, at + traceIdBytes, idBytes - traceIdBytes);
}

/**
 * `Math.random` as OpenTelemetry's own generator uses it: these ids name things, they guard
 * nothing. The last byte is never 0, so that no id is all zero.
 */
function fillRandomly(bytes: Uint8Array, at: number, count: number): void {
  for (let done = 0; done < count; done += 4) {
    const bits = (Math.random() * 0x100000000) >>> 0;
    bytes[at + done] = bits;
    bytes[at + done + 1] = bits >>> 8;
    bytes[at + done + 2] = bits >>> 16;
    bytes[at + done + 3] = bits >>> 24;
  }
  if (bytes[at + count - 1] === 0) bytes[at + count - 1] = 1;
}

/** `count` (a multiple of 8) random hex digits, never all zero. */
export function randomHex(count: number): string {
  const bytes = new Uint8Array(count / 2);
  fillRandomly(bytes, 0, count / 2);
  const text = new Uint8Array(count);
  writeHex(text, 0, bytes, 0, count / 2);
  return String.fromCharCode(...text);
}
