import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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
