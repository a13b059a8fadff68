import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, LineSplitter } from '../../../../src/core/jsonrpc/framing.js';

function split(chunks: readonly Uint8Array[], maxBytes?: number, tailBytes?: number): Line[] {
  const lines: Line[] = [];
  const keep = (line: Line) => {
    lines.push({ ...line, bytes: Uint8Array.from(line.bytes), tail: Uint8Array.from(line.tail) });
  };
  const splitter = new LineSplitter(keep, maxBytes, tailBytes);
  for (const chunk of chunks) {
    const fed = Buffer.from(chunk);
    splitter.feed(fed);
    // Whoever fed it writes into it again.
    fed.fill(0x21);
  }
  splitter.end();
  return lines;
}

/** The same bytes, cut anywhere. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}

const text = fc.array(fc.oneof(fc.constantFrom('\n', '\r\n', ''), fc.string({ unit: 'binary' })));

describe('lines', () => {
  it('are those of a naive split, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
        const whole = Buffer.from(parts.join(''));
        const expected = whole.toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        const got = split(cutAt(whole, cuts)).map((line) =>
          Buffer.from(line.bytes).toString('latin1'),
        );
        expect(got).toEqual(expected);
      }),
    );
  });

  it('that are too long keep their length, their start and their end', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 41, maxLength: 400 }),
        fc.array(fc.nat()),
        (raw, cuts) => {
          const body = Buffer.from(raw.map((byte) => (byte === 10 ? 11 : byte)));
          const [line] = split(cutAt(Buffer.concat([body, Buffer.from('\n')]), cuts), 30, 10);
          expect(line?.length).toBe(body.length);
          expect(Buffer.from(line?.bytes ?? [])).toEqual(body.subarray(0, 30));
          const rest = body.subarray(30);
          expect(Buffer.from(line?.tail ?? [])).toEqual(rest.subarray(-10));
        },
      ),
    );
  });

  it('count what was elided from their middle', () => {
    const lines: Line[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 4, 3);
    splitter.feed(Buffer.from('head'));
    splitter.elide(1000);
    splitter.feed(Buffer.from('end\nnext\n'));
    expect(lines.map(({ length }) => length)).toEqual([1007, 4]);
    expect(Buffer.from(lines[0]?.tail ?? []).toString()).toBe('end');
  });

  it('are given up when bytes were lost, up to the next line feed', () => {
    const lines: Line[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.feed(Buffer.from('half'));
    splitter.gap();
    splitter.feed(Buffer.from(' of another\nwhole\n'));
    expect(lines.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['whole']);
  });
});
