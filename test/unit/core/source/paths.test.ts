import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatePaths, toFilePath } from '../../../../src/core/source/paths.js';

const context = { cwd: '/home/me/app', folders: ['/home/me', '/work/other'] };

describe('a reported path', () => {
  it('is tried as it is first when it is absolute', () => {
    expect(candidatePaths('/srv/server.py', context)[0]).toBe('/srv/server.py');
  });

  it('is relative to the process before it is relative to a folder', () => {
    expect(candidatePaths('src/server.py', context)).toEqual([
      '/home/me/app/src/server.py',
      '/home/me/src/server.py',
      '/work/other/src/server.py',
    ]);
  });

  it('of a container is matched by its longest tail', () => {
    const found = candidatePaths('/app/src/tools/echo.ts', context);
    expect(found[1]).toBe('/home/me/app/app/src/tools/echo.ts');
    expect(found[2]).toBe('/home/me/app/src/tools/echo.ts');
    expect(found.indexOf('/work/other/src/tools/echo.ts')).toBeLessThan(
      found.indexOf('/home/me/echo.ts'),
    );
  });

  it('may be a file URL, with escapes and a Windows drive', () => {
    expect(toFilePath('file:///home/me/a%20b.ts')).toBe('/home/me/a b.ts');
    expect(toFilePath('file:///C:/src/a.ts')).toBe('C:/src/a.ts');
    expect(toFilePath('C:\\src\\a.ts')).toBe('C:/src/a.ts');
  });

  it.each([
    'vscode://x/y',
    'command:workbench.action.terminal.new',
    'https://example.com/a.js',
    'node:internal/process',
    '\\\\host\\share\\a.ts',
    '//host/share/a.ts',
    'file://host/share/a.ts',
    '<string>',
    '/etc/pass\0wd',
    '',
  ])('%j names no file', (reported) => {
    expect(candidatePaths(reported, context)).toEqual([]);
  });

  it('never leads out of a folder by its tail', () => {
    const tail = candidatePaths('/x/../../../etc/passwd', context).slice(1);
    expect(tail.length).toBeGreaterThan(0);
    for (const path of tail) expect(path).toMatch(/^\/(home\/me|work\/other)\//);
  });

  it('of any shape gives candidates or none, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (reported) => {
        for (const path of candidatePaths(reported, context)) expect(path).not.toContain('\0');
      }),
    );
  });
});
