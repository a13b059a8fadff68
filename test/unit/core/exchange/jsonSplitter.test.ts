import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../../src/core/exchange/jsonShape.js';
import { JsonSplitter } from '../../../../src/core/exchange/jsonSplitter.js';

const shape: Shape = {
  tell: 'document',
  members: {
    resourceSpans: {
      elements: {
        tell: 'group',
        members: { name: { take: 'name' }, spans: { elements: { take: 'span' } } },
      },
    },
  },
};
const root: Shape = { ...shape };
root.elements = root;

function scan(text: string, chunkSize = 1 << 20, maxValueBytes?: number) {
  const taken: { name: string; value: unknown; line: number }[] = [];
  const problems: string[] = [];
  const told: string[] = [];
  const splitter = new JsonSplitter(
    root,
    {
      taken: (name, bytes, { line }) =>
        taken.push({ name, value: JSON.parse(Buffer.from(bytes).toString()), line }),
      opened: (name) => told.push(`+${name}`),
      closed: (name) => told.push(`-${name}`),
      failed: (reason, { line }) => problems.push(`${line}: ${reason}`),
    },
    maxValueBytes,
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkSize) {
    splitter.push(bytes.subarray(at, at + chunkSize));
  }
  splitter.end();
  return { values: taken.map(({ value }) => value), taken, problems, told };
}

const line = (...spans: unknown[]) => JSON.stringify({ resourceSpans: [{ spans }] });

describe('walking JSON as it arrives', () => {
  it('hands over the values that the shape names, with their line', () => {
    const { taken, problems } = scan(
      '{\n "other": {"spans": [1]},\n "resourceSpans": [\n {"name": "a}\\"", "spans": [\n{"x": "]"}, 12, null]}]}',
    );
    expect(problems).toEqual([]);
    expect(taken).toEqual([
      { name: 'name', value: 'a}"', line: 4 },
      { name: 'span', value: { x: ']' }, line: 5 },
      { name: 'span', value: 12, line: 5 },
      { name: 'span', value: null, line: 5 },
    ]);
  });

  it('tells when the objects around them begin and end', () => {
    expect(scan('[{"resourceSpans":[{},{}]}]').told).toEqual([
      '+document',
      '+group',
      '-group',
      '+group',
      '-group',
      '-document',
    ]);
  });

  it.each([1, 2, 3, 7, 64])('finds the same in chunks of %i bytes as in one', (size) => {
    const text = `\ufeff${line(1, { a: 'ä\\n' }, 'x')}\n${line([[1], { b: {} }])}\n\nbad\n{"resourceSpans":[{"spans":[1,\n${line(true, -1.5e-7)}`;
    expect(scan(text, size)).toEqual(scan(text));
  });

  it('reads the next line after a broken one', () => {
    const { values, problems } = scan(`${line(1)}\nnonsense\n${line(2)}\n{"a" 1}\n${line(3)}\n`);
    expect(values).toEqual([1, 2, 3]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['2', '4']);
  });

  it.each([
    '{"resourceSpans":[{"spans":[1,{"a":"b',
    '{"resourceSpans":[{"spans":[1,{"a":',
    '{"resourceSpans":[{"spans":[1,',
    '{"resourceSpans":[{"spans":[1,{"a":[',
    '{"resourceSpans":[{"spans":[1],"na',
  ])('keeps what stands before the end of a torn line: %s', (start) => {
    const { values, problems } = scan(`${start}\n${line(2)}\n${line(3)}`);
    expect(values).toEqual([1, 2, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^1: /);
  });

  it('takes the document after a broken one of many lines', () => {
    const { values, problems } = scan(
      '{\n  "resourceSpans": [\n    {"spans": [1 2]}\n  ]\n}\n{\n  "resourceSpans": [{"spans": [3]}]\n}\n',
    );
    expect(values).toEqual([1, 3]);
    expect(problems).toEqual(["3: '2' is not expected here"]);
  });

  it('says that a file ends too early', () => {
    expect(scan('{"resourceSpans":[{"spans":[1').problems).toEqual([
      '1: the file ends inside a value',
    ]);
  });

  it('leaves out one value that is too large or too deep, and goes on', () => {
    const deep = '['.repeat(300) + ']'.repeat(300);
    const { values, problems } = scan(
      line(1).replace('1', `"${'x'.repeat(5000)}",${deep},2`),
      256,
      1000,
    );
    expect(values).toEqual([2]);
    expect(problems).toEqual(['1: a value is too large', '1: a value is nested too deeply']);
  });

  it('does not take `__proto__` for a member of a shape', () => {
    expect(scan('{"__proto__":{"spans":[1]},"constructor":[2]}')).toMatchObject({
      values: [],
      problems: [],
    });
  });

  it('finds every value of any document, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.jsonValue(), { maxLength: 5 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 1, 2),
        fc.boolean(),
        (groups, size, indent, lines) => {
          const documents = groups.map((spans) => ({ resourceSpans: [{ spans }] }));
          const text = lines
            ? documents.map((document) => JSON.stringify(document)).join('\n')
            : JSON.stringify(documents, null, indent);
          const found = scan(text, size);
          expect(found.problems).toEqual([]);
          expect(found.values).toEqual(JSON.parse(JSON.stringify(groups.flat())));
        },
      ),
    );
  });

  it('ends with every mutilated document, and never throws', () => {
    const good = `${line(1, { a: [1, 'x'] })}\n${line('y')}\n`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length), fc.string({ maxLength: 3 })), { maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (edits, size) => {
          let text = good;
          for (const [at, insert] of edits) text = text.slice(0, at) + insert + text.slice(at + 1);
          try {
            scan(text, size);
          } catch (error) {
            // The listener of this test parses what it is given; that may be broken inside.
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
    );
  });
});
