import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeFile } from '../../../src/vscode/clients/changeFile.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-change-'));
  file = join(folder, 'settings.json');
  writeFileSync(file, 'old', { mode: 0o640 });
  chmodSync(file, 0o640);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = () => readFileSync(file, 'utf8');

describe('a file that is changed', () => {
  it('keeps its mode, and nothing else is left beside it', async () => {
    expect(await changeFile(file, (old) => `${old}, new`)).toBe(true);
    expect([text(), statSync(file).mode & 0o777]).toEqual(['old, new', 0o640]);
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('behind a symbolic link is changed where it lies', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(file, link);
    await changeFile(link, () => 'new');
    expect([text(), lstatSync(link).isSymbolicLink()]).toEqual(['new', true]);
  });

  it('stays as it is, and is not kept aside, when there is nothing to change', async () => {
    const kept: string[] = [];
    const keep = async (old: string) => void kept.push(old);
    expect(await changeFile(file, (old) => old, keep)).toBe(false);
    expect(kept).toEqual([]);
    await changeFile(file, () => 'new', keep);
    expect(kept).toEqual(['old']);
  });

  it('stays as it is when the old text cannot be kept', async () => {
    const refuse = () => Promise.reject(new Error('no room'));
    await expect(changeFile(file, () => 'new', refuse)).rejects.toThrow('no room');
    expect([text(), readdirSync(folder)]).toEqual(['old', ['settings.json']]);
  });

  it('that is gone is said to be gone', async () => {
    await expect(changeFile(join(folder, 'none'), () => 'x')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
