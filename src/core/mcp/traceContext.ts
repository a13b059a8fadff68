/** W3C Trace Context (`traceparent` level 1 and 2). */

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

const digits = new TextEncoder().encode('0123456789abcdef');
const dash = 0x2d;

/**
 * Writes the 55 bytes of a `traceparent` at `at`: a new span id, in the trace of `parent` or in a
 * new one. The sampled flag is the parent's.
 */
export function writeTraceparent(bytes: Uint8Array, at: number, parent: TraceContext | null): void {
  bytes[at] = bytes[at + 1] = 0x30;
  bytes[at + 2] = bytes[at + 35] = bytes[at + 52] = dash;
  if (parent) {
    for (let index = 0; index < 32; index++)
      bytes[at + 3 + index] = parent.traceId.charCodeAt(index);
  } else writeRandomHex(bytes, at + 3, 32);
  writeRandomHex(bytes, at + 36, 16);
  bytes[at + 53] = 0x30;
  bytes[at + 54] = parent && !(parent.flags & 1) ? 0x30 : 0x31;
}

/**
 * `Math.random` as OpenTelemetry's own generator uses it: these ids name things, they guard
 * nothing. The last digit is never 0, so that no id is all zero.
 */
function writeRandomHex(bytes: Uint8Array, at: number, count: number): void {
  for (let done = 0; done < count; done += 8) {
    let bits = (Math.random() * 0x100000000) >>> 0;
    for (let index = 0; index < 8; index++) {
      bytes[at + done + index] = digits[bits & 15] as number;
      bits >>>= 4;
    }
  }
  if (bytes[at + count - 1] === 0x30) bytes[at + count - 1] = 0x31;
}

/** `count` (a multiple of 8) random hex digits, never all zero. */
export function randomHex(count: number): string {
  const bytes = new Uint8Array(count);
  writeRandomHex(bytes, 0, count);
  return String.fromCharCode(...bytes);
}
