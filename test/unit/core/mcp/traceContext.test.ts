import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  idBytes,
  newSpanId,
  newTraceId,
  parseTraceparent,
  randomHex,
  readTraceparent,
  traceparentBytes,
  writeTraceparent,
} from '../../../../src/core/mcp/traceContext.js';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const valid = fc
  .tuple(hex(32), hex(16), hex(2))
  .filter(([trace, span]) => !/^0*$/.test(trace) && !/^0*$/.test(span))
  .map(([trace, span, flags]) => `00-${trace}-${span}-${flags}`);
/** A valid one with one letter changed, or anything. */
const perhaps = fc.oneof(
  valid,
  fc
    .tuple(valid, fc.nat(54), fc.constantFrom('0', 'f', 'F', 'g', '-', ' ', 'ÿ'))
    .map(([text, at, letter]) => text.slice(0, at) + letter + text.slice(at + 1)),
  fc.constant(`00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`),
  fc.constant(`00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`),
  fc.string({ maxLength: 60 }),
);

function read(text: string): { flags: number; ids: Uint8Array } {
  const bytes = Buffer.from(`"${text}"`, 'latin1');
  const ids = new Uint8Array(idBytes);
  return { flags: readTraceparent(bytes, 1, bytes.length - 1, ids, 0), ids };
}

describe('a traceparent in bytes', () => {
  it('is read as its text is', () => {
    fc.assert(
      fc.property(perhaps, (text) => {
        const parsed = text.startsWith('00-') ? parseTraceparent(text) : null;
        const { flags, ids } = read(text);
        expect(flags).toBe(parsed?.flags ?? -1);
        if (!parsed) return;
        expect(Buffer.from(ids).toString('hex')).toBe(parsed.traceId + parsed.spanId);
      }),
      { numRuns: 2000 },
    );
  });

  it('is written as it was read, but for flags that nobody knows', () => {
    fc.assert(
      fc.property(valid, (text) => {
        const { flags, ids } = read(text);
        const out = new Uint8Array(traceparentBytes + 2).fill(0x2e);
        writeTraceparent(out, 1, ids, 0, (flags & 1) === 1);
        const sampled = flags & 1 ? '01' : '00';
        expect(String.fromCharCode(...out)).toBe(`.${text.slice(0, 53)}${sampled}.`);
      }),
    );
  });

  it('gets new ids that are valid and differ', () => {
    const seen = new Set<string>();
    for (let count = 0; count < 1000; count++) {
      const ids = new Uint8Array(idBytes);
      newTraceId(ids, 0);
      newSpanId(ids, 0);
      const out = new Uint8Array(traceparentBytes);
      writeTraceparent(out, 0, ids, 0, true);
      expect(parseTraceparent(String.fromCharCode(...out))).not.toBeNull();
      seen.add(Buffer.from(ids).toString('hex'));
    }
    expect(seen.size).toBe(1000);
    expect(randomHex(16)).toMatch(/^[0-9a-f]{16}$/);
    expect(randomHex(32)).toMatch(/^[0-9a-f]{32}$/);
  });
});
