import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { languageOfFile } from '../core/source/languages.js';

/** Folders that hold what others wrote or what was built. */
const skippedFolders = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'venv',
  'env',
  'site-packages',
  '__pycache__',
  'dist',
  'build',
  'out',
  'target',
  'bin',
  'obj',
  'coverage',
  'htmlcov',
]);

export const maxFiles = 50_000;

export function isSkippedFolder(name: string): boolean {
  return name.startsWith('.') || skippedFolders.has(name);
}

/** Whether a path below one of the folders would be found by a scan. */
export function isIndexed(file: string, folders: readonly string[]): boolean {
  const root = folders.find((folder) => file === folder || file.startsWith(`${folder}/`));
  if (root === undefined || !isWanted(file)) return false;
  return !file
    .slice(root.length + 1)
    .split('/')
    .slice(0, -1)
    .some(isSkippedFolder);
}

function isWanted(file: string): boolean {
  return languageOfFile(file) !== undefined || isProjectFile(file);
}

/** Files that give a folder the name under which others import it. */
export function isProjectFile(file: string): boolean {
  return /\/(package\.json|go\.mod)$/.test(file);
}

/** Source and project files below a folder, symbolic links not followed; at most `maxFiles`. */
export async function scanFolder(root: string): Promise<string[]> {
  const found: string[] = [];
  let waiting = [root];
  while (waiting.length > 0 && found.length < maxFiles) {
    const next: string[] = [];
    const read = await Promise.all(
      waiting.splice(0, 32).map(async (folder) => [folder, await entriesOf(folder)] as const),
    );
    for (const [folder, entries] of read) {
      for (const entry of entries) {
        const path = join(folder, entry.name).replaceAll('\\', '/');
        if (entry.isDirectory() && !isSkippedFolder(entry.name)) next.push(path);
        else if (entry.isFile() && isWanted(path)) found.push(path);
      }
    }
    waiting = [...waiting, ...next];
  }
  return found.slice(0, maxFiles);
}

/** A folder that cannot be read has no source to offer. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
