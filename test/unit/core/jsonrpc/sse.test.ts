import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStream, type ServerSentEvent } from '../../../../src/core/jsonrpc/sse.js';

function read(
  chunks: readonly Uint8Array[],
  maxBytes?: number,
  tailBytes?: number,
): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const stream = new EventStream((event) => events.push(event), maxBytes, tailBytes);
  for (const chunk of chunks) {
    const fed = Buffer.from(chunk);
    stream.feed(fed);
    // Whoever fed it writes into it again.
    fed.fill(0x21);
  }
  return events;
}

const readText = (text: string) => read([Buffer.from(text)]);

/** The specification's own algorithm over the whole text at once. */
function naive(text: string): Pick<ServerSentEvent, 'type' | 'data' | 'id'>[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  // What follows the last line end is no line.
  lines.pop();
  const events: Pick<ServerSentEvent, 'type' | 'data' | 'id'>[] = [];
  let data: string[] = [];
  let type = '';
  let id: string | null = null;
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) events.push({ type: type || 'message', data: data.join('\n'), id });
      data = [];
      type = '';
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?::[ ]?([\s\S]*))?$/.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
  return events;
}

const line = fc.oneof(
  fc.constantFrom(
    'data: {"jsonrpc":"2.0"}',
    'data:x',
    'data',
    'data:  two',
    ': ping',
    'retry: 10',
    '',
  ),
  fc.constantFrom('event: message', 'event: endpoint', 'id: 7', 'id', 'id: a\0b', 'unknown: z', ''),
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
);
const end = fc.constantFrom('\n', '\r\n', '\r');

describe('server-sent events', () => {
  it('are those of the specification, in any spelling and cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(line, end), { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (mark, lines, cuts) => {
          const text = (mark ? '\uFEFF' : '') + lines.map((pair) => pair.join('')).join('');
          const bytes = Buffer.from(text);
          const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort(
            (a, b) => a - b,
          );
          const chunks = [...places, bytes.length].map((to, index) =>
            bytes.subarray(places[index - 1] ?? 0, to),
          );
          const got = read(chunks).map(({ type, data, id }) => ({ type, data, id }));
          expect(got).toEqual(naive(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('come one by one as their blank line arrives', () => {
    const events: string[] = [];
    const stream = new EventStream(({ data }) => events.push(data));
    stream.feed(Buffer.from('data: one\n'));
    expect(events).toEqual([]);
    stream.feed(Buffer.from('\ndata: two\n\n'));
    expect(events).toEqual(['one', 'two']);
  });

  it('without data are none, and an unfinished one is dropped', () => {
    expect(readText('id: 1\nevent: priming\n\ndata: never ended\n')).toEqual([]);
  });

  it('keep their size and say so when they are too long', () => {
    const [event] = read([Buffer.from(`data: ${'x'.repeat(5000)}\n\ndata: y\n\n`)], 1000);
    expect(event).toMatchObject({ cut: true, bytes: 5000 });
    expect(event?.data.length).toBeLessThan(1100);
  });

  it('that are too long begin and end as they did, in whatever lines and chunks they came', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '{', '"'), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(
          letters.map((all) => all.join('')),
          { minLength: 1, maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 40 }),
        (lines, size) => {
          const whole = Buffer.from(`${lines.map((one) => `data: ${one}\n`).join('')}\n`);
          const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
            whole.subarray(index * size, (index + 1) * size),
          );
          const data = lines.join('\n');
          const [event] = read(chunks, 50, 10);
          const tail = Buffer.from(event?.tail ?? []).toString();
          expect(data.startsWith(event?.data ?? '-')).toBe(true);
          expect(data.endsWith(tail)).toBe(true);
          expect(event?.cut).toBe(tail.length > 0);
          if (event?.cut) expect(event.data.length + tail.length).toBeGreaterThanOrEqual(50);
          else expect(event?.data).toBe(data);
        },
      ),
    );
  });
});
