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

  it('opens whole paths, whatever their folders are called', () => {
    const stack = [
      '    at run (/work/my server (1) #2/src/a.cjs:6:85)',
      '    at async Object.<anonymous> (file:///work/my%20server%20(1)/b.mjs:3:4)',
      '    at C:\\my work\\main.ts:4:1',
      '    at eval (eval at run (/work/c.js:1:2), <anonymous>:1:1)',
    ].join('\n');
    expect(placesOf(stack)).toEqual([
      { file: '/work/my server (1) #2/src/a.cjs', line: 6, column: 85 },
      { file: 'file:///work/my%20server%20(1)/b.mjs', line: 3, column: 4 },
      { file: 'C:\\my work\\main.ts', line: 4, column: 1 },
      { file: '/work/c.js', line: 1, column: 2 },
    ]);
  });

  it('opens the frames of Python', () => {
    const stack =
      'Traceback (most recent call last):\n  File "/work/server.py", line 12, in get\nKeyError: 1';
    expect(placesOf(stack)).toEqual([{ file: '/work/server.py', line: 12, column: 1 }]);
  });

  it('opens the frames of Java, Kotlin, C#, Go and Rust', () => {
    const stack = [
      'java.lang.IllegalStateException: no',
      '\tat com.example.Tools.lambda$main$0(Tools.java:12)',
      '\tat app//com.example.notes.NotesKt.note(Notes.kt:3)',
      '\tat Server.main(Server.java:9)',
      '   at More.GraphTools.<Read>d__1.MoveNext() in /src/More/Tools.cs:line 30',
      '\t/work/app/internal/echo.go:43 +0x1d',
      '             at ./src/main.rs:10:5',
    ].join('\n');
    expect(placesOf(stack)).toEqual([
      { file: 'com/example/Tools.java', line: 12, column: 1 },
      { file: 'com/example/notes/Notes.kt', line: 3, column: 1 },
      { file: 'Server.java', line: 9, column: 1 },
      { file: '/src/More/Tools.cs', line: 30, column: 1 },
      { file: '/work/app/internal/echo.go', line: 43, column: 1 },
      { file: './src/main.rs', line: 10, column: 5 },
    ]);
    expect(stackLines(stack).some((line) => line.foreign)).toBe(false);
  });

  it('folds the frames of the other runtimes and of their packages', () => {
    const stack = [
      '\tat java.base/java.lang.Thread.run(Thread.java:840)',
      '\tat reactor.core.publisher.Mono.subscribe(Mono.java:4400)',
      '   at System.Threading.Tasks.Task.Wait() in /_/src/Task.cs:line 3',
      '\t/root/go/pkg/mod/github.com/x/y@v1.0.0/z.go:43 +0x1d',
      '             at /rustc/abc/library/core/src/panicking.rs:75:14',
    ].join('\n');
    expect(stackLines(stack).every((line) => line.foreign)).toBe(true);
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
