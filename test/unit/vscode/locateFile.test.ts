import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

let folder: string;

/** A window with one folder, whose files are found by their names. */
vi.mock('vscode', () => ({
  workspace: {
    get workspaceFolders() {
      return [{ uri: { scheme: 'file', fsPath: folder } }];
    },
    findFiles: async (glob: string) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name === basename(glob))
        .map((entry) => ({ fsPath: join(entry.parentPath, entry.name) })),
  },
}));

const { locateReported } = await import('../../../src/vscode/handlers/locateFile.js');

const files: Record<string, string> = {
  'app/src/main/java/com/example/Tools.java':
    'package com.example;\n\nclass Tools {\n  String echo(String text) {\n    return text;\n  }\n}\n',
  'lib/src/main/java/org/other/Tools.java': 'package org.other;\nclass Tools {}\n',
  'app/src/main/kotlin/Notes.kt': 'package com.example.notes\n\nfun note() {\n}\n',
  'server/go.mod': 'module example.com/team/server\n\ngo 1.25\n',
  'server/internal/echo.go': 'package internal\n\nfunc Echo() {}\n',
  'rust/crates/tools/src/main.rs': 'fn main() {}\n',
  'rust/other/src/main.rs': 'fn main() {}\n',
  'echo.go': 'package decoy\n',
};

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'spanpath-locate-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function locate(file: string, line = 1, functionName = ''): Promise<string | null> {
  const at = await locateReported({ file, line, column: 0, cwd: folder, functionName });
  return at && `${at.file.slice(folder.length + 1)}:${at.line}`;
}

describe('a file that a runtime names without its folder', () => {
  it('is a Java class by its package, not by its name alone', async () => {
    expect(await locate('com/example/Tools.java', 5)).toBe(
      'app/src/main/java/com/example/Tools.java:5',
    );
    expect(await locate('org/unknown/Tools.java', 5)).toBeNull();
  });

  it('is found by a Java method alone, at its definition or not at all', async () => {
    const method = (name: string) =>
      locate('com/example/Tools.java', 0, `com.example.Tools.${name}`);
    expect(await method('echo')).toBe('app/src/main/java/com/example/Tools.java:4');
    expect(await method('gone')).toBeNull();
  });

  it('is a Kotlin file, also where its folders are not those of its package', async () => {
    expect(
      await locate('com/example/notes/NotesKt.java', 0, 'com.example.notes.NotesKt.note'),
    ).toBe('app/src/main/kotlin/Notes.kt:3');
  });

  it('stands behind the name of its Go module, and in no other one', async () => {
    expect(await locate('example.com/team/server/internal/echo.go', 3)).toBe(
      'server/internal/echo.go:3',
    );
    expect(await locate('example.com/team/serverless/echo.go', 3)).toBeNull();
    expect(await locate('github.com/other/dep@v1.2.3/echo.go', 3)).toBeNull();
    expect(await locate('net/http/echo.go', 3)).toBeNull();
  });

  it('is the one file of a Rust workspace that ends like it', async () => {
    expect(await locate('crates/tools/src/main.rs')).toBe('rust/crates/tools/src/main.rs:1');
    expect(await locate('src/main.rs')).toBeNull();
  });
});

describe('a place in code that was compiled', () => {
  const source = [
    'interface A {}',
    '',
    'export const tools = {',
    '  echo: async (a: A) => a,',
    '};',
    '',
  ].join('\n');
  const built = () => join(folder, 'web/dist/server.js');

  /** Compiles what is given, and tells where the handler begins in it. */
  function build(text: string): { line: number; column: number; text: string } {
    mkdirSync(join(folder, 'web/src'), { recursive: true });
    writeFileSync(join(folder, 'web/src/server.ts'), text);
    buildSync({
      entryPoints: [join(folder, 'web/src/server.ts')],
      outfile: built(),
      sourcemap: 'linked',
    });
    const lines = readFileSync(built(), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('async'));
    const line = lines[at] ?? '';
    return { line: at + 1, column: line.indexOf('(') + 1, text: line.trim() };
  }

  async function find(seen: { line: number; column: number; text: string }): Promise<string> {
    const at = await locateReported({ file: built(), cwd: folder, ...seen });
    return `${at?.file.slice(folder.length + 1)}:${at?.line}`;
  }

  it('is where its source stands', async () => {
    expect(await find(build(source))).toBe('web/src/server.ts:4');
  });

  it('is followed when it was built anew since the process began', async () => {
    const seen = build(source);
    build(`export function before(): number {\n  return 1;\n}\n${source}`);
    expect(await find(seen)).toBe('web/src/server.ts:7');
  });

  it('is followed when its source was written on and not built yet', async () => {
    const seen = build(source);
    writeFileSync(join(folder, 'web/src/server.ts'), `// One.\n// Two.\n${source}`);
    expect(await find(seen)).toBe('web/src/server.ts:6');
  });
});
