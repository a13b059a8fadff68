import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Changes a file that another program reads and writes too: from its text as it is now, whole or
 * not at all, with its mode, and behind a symbolic link where it is one. `before` may keep the old
 * text somewhere. Resolves with false when there was nothing to change.
 */
export async function changeFile(
  path: string,
  change: (text: string) => string,
  before: (text: string) => Promise<void> = async () => {},
): Promise<boolean> {
  const file = await realpath(path);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) return false;
  await before(text);
  const draft = `${file}.${process.pid}.new`;
  try {
    const { mode } = await stat(file);
    await writeFile(draft, changed, { mode, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return true;
}
