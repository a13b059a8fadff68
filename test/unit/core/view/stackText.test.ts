import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortPlace, stackLines } from '../../../../src/core/view/stackText.js';

const placesOf = (stack: string) =>
  stackLines(stack).flatMap((line) => line.pieces.flatMap((piece) => piece.place ?? []));

describe('a stack trace', () => {
  it('opens the frames of V8', () => {
    const stack = [
      'TypeError: no',
      '    at getAlerts (/work/src/weather.ts:75:31)',
      '    at async file:///work/src/main.ts:9:3',
      '    at C:\\work\\main.ts:4:1',
      '    at node:internal/process:105:5',
    ].join('\n');
    expect(placesOf(stack)).toEqual([
      { file: '/work/src/weather.ts', line: 75, column: 31 },
      { file: 'file:///work/src/main.ts', line: 9, column: 3 },
      { file: 'C:\\work\\main.ts', line: 4, column: 1 },
    ]);
  });

  it('opens the frames of Python', () => {
    const stack =
      'Traceback (most recent call last):\n  File "/work/server.py", line 12, in get\nKeyError: 1';
    expect(placesOf(stack)).toEqual([{ file: '/work/server.py', line: 12, column: 1 }]);
  });

  it('tells frames of packages and of the runtime from the own ones', () => {
    const foreign = stackLines(
      '    at a (/w/node_modules/x/y.js:1:2)\n    at b (/w/src/y.ts:1:2)\n  File "/usr/lib/python3.12/json.py", line 1',
    ).map((line) => line.foreign);
    expect(foreign).toEqual([true, false, true]);
  });

  it('keeps every character of any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const kept = stackLines(text).map((line) =>
          line.pieces.map((piece) => piece.text).join(''),
        );
        expect(kept.join('\n')).toBe(text.split(/\r?\n/).join('\n'));
      }),
    );
  });

  it('reads a hostile megabyte in no time worth naming', () => {
    expect(stackLines(`    at ${'a('.repeat(500_000)}`).length).toBe(1);
    expect(stackLines('x\n'.repeat(100_000)).length).toBe(400);
  });
});

describe('a place in a stack', () => {
  it.each([
    ['/work/src/a.ts:3:1', '/work', 'src/a.ts:3:1'],
    ['file:///work/src/a.ts:3:1', '/work', 'src/a.ts:3:1'],
    ['/work/a.py", line 3', '/work', 'a.py", line 3'],
    ['C:\\work\\a.ts:3:1', 'C:\\work', 'a.ts:3:1'],
    ['/workshop/a.ts:3:1', '/work', '/workshop/a.ts:3:1'],
    ['file:///other/a.ts:3:1', '/work', 'file:///other/a.ts:3:1'],
    ['/work/a.ts:3:1', null, '/work/a.ts:3:1'],
    ['/a.ts:3:1', '/', '/a.ts:3:1'],
  ])('%s from %s is %s', (text, folder, short) => {
    expect(shortPlace(text, folder)).toBe(short);
  });
});
