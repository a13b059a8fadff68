import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sealedProgram } from '../../../src/shim/sealedProgram.js';

const folder = mkdtempSync(join(tmpdir(), 'spanpath-sealed-'));

function program(name: string, ...parts: readonly (string | Buffer)[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  chmodSync(path, 0o755);
  return path;
}

const noise = Buffer.alloc(50_000, 7);
const made = program(
  'made',
  '\x7fELF',
  noise,
  Buffer.from('MEI\x0c\x0b\x0a\x0b\x0e', 'latin1'),
  'x'.repeat(2200),
);
const pex = program(
  'tool.pex',
  '#!/usr/bin/env python3.12\n',
  'PK.bootstrap/PK.bootstrap/pex/',
  noise,
);

describe('a program file', () => {
  it('made by PyInstaller loads no hook', () => {
    expect(sealedProgram([made, '--stdio'], '')).toContain('PyInstaller');
  });

  it('that is a PEX loads none, started itself or by Python', () => {
    expect(sealedProgram([pex], '')).toContain('PEX');
    expect(sealedProgram(['python3', pex], '')).toContain('PEX');
  });

  it.each([
    ['#!/usr/bin/python3 -I\n', '-I'],
    ['#!/opt/venv/bin/python -sE\n', '-E'],
    ['#!/usr/bin/env -S python3 -S\n', '-S'],
  ])('whose first line is %j loads none', (line, flag) => {
    expect(sealedProgram([program('script', line, 'import this\n')], '')).toContain(flag);
  });

  it('is found on the path', () => {
    expect(sealedProgram(['made'], folder)).toContain('PyInstaller');
  });

  it.each([
    ['a console script', program('console', '#!/opt/venv/bin/python\nimport sys\n')],
    ['a shell script', program('shell', '#!/bin/sh -e\nexec python -I server.py\n')],
    ['a program of another language', program('compiled', '\x7fELF', noise)],
    ['an empty file', program('empty', '')],
    ['a folder', folder],
    ['nothing', join(folder, 'missing')],
  ])('that is %s may load one', (_, path) => {
    expect(sealedProgram([path, path], folder)).toBeNull();
  });
});
