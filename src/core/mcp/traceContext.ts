/** W3C Trace Context (`traceparent` level 1 and 2) as text. */

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

export function formatTraceparent(context: TraceContext): string {
  const flags = context.flags & 1 ? '01' : '00';
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}

const digits = '0123456789abcdef';

/**
 * `count` random hex digits, never all zero. `Math.random` as OpenTelemetry's own generator uses
 * it: these ids name things, they guard nothing.
 */
export function randomHex(count: number): string {
  let text = '';
  let left = count;
  while (left > 0) {
    let bits = (Math.random() * 0x100000000) >>> 0;
    for (let turn = Math.min(8, left); turn > 0; turn--) {
      text += digits[bits & 15];
      bits >>>= 4;
    }
    left -= 8;
  }
  return /[1-9a-f]/.test(text) ? text : randomHex(count);
}
