import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSnippet } from '../../../src/vscode/handlers/readSnippet.js';
import { mapToSource } from '../../../src/vscode/handlers/sourceMaps.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-source-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = `interface A { b: number }

export async function handler(a: A): Promise<number> {
  return a.b;
}
`;

function compile(sourcemap: 'linked' | 'inline'): { file: string; line: number; column: number } {
  writeFileSync(join(folder, 'a.ts'), source);
  const outfile = join(folder, 'dist', 'a.js');
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, 'a.ts')],
    outfile,
    sourcemap,
    write: true,
    format: 'esm',
  }) as { outputFiles?: unknown };
  expect(outputFiles).toBeUndefined();
  return { file: outfile, line: 1, column: 'async function '.length + 1 };
}

describe('a place in compiled code', () => {
  it.each(['linked', 'inline'] as const)('leads to its source by a %s map', async (kind) => {
    const { file, line, column } = compile(kind);
    expect(await mapToSource(file, line, column)).toMatchObject({
      file: join(folder, 'a.ts'),
      line: 3,
    });
  });

  it('stays where it is when the map is missing, broken or from elsewhere', async () => {
    const file = join(folder, 'b.js');
    for (const url of ['gone.js.map', 'data:application/json,{', 'https://example.com/b.js.map']) {
      writeFileSync(file, `let a = 1;\n//# sourceMappingURL=${url}\n`);
      expect(await mapToSource(file, 1, 1), url).toBeNull();
    }
    expect(await mapToSource(join(folder, 'none.js'), 1, 1)).toBeNull();
  });
});

describe('the lines shown of a handler', () => {
  it('start a little above it', async () => {
    const file = join(folder, 'a.py');
    writeFileSync(file, Array.from({ length: 30 }, (_, at) => `line ${at + 1}`).join('\r\n'));
    const snippet = await readSnippet(file, 10);
    expect(snippet?.firstLine).toBe(8);
    expect(snippet?.lines[2]).toBe('line 10');
    expect(await readSnippet(file, 99)).toBeNull();
    expect(await readSnippet(join(folder, 'gone.py'), 1)).toBeNull();
  });
});
