import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { HandlerPlace } from '../core/protocol.js';
import { HandlerIndex } from './handlerIndex.js';

/**
 * Every handler registered in the given files and folders, in order of path and line.
 * `grammarDir` defaults to `grammars/` beside the running bundle. Rejects when a path is not there.
 */
export async function indexFolders(
  paths: readonly string[],
  options: { grammarDir?: string } = {},
): Promise<HandlerPlace[]> {
  const wanted = paths.map((path) => resolve(path).replaceAll('\\', '/'));
  const folders = wanted.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  const index = new HandlerIndex(options.grammarDir ?? join(__dirname, 'grammars'));
  await index.open([...new Set(folders)]);
  return index
    .list()
    .filter((place) =>
      wanted.some((path) => place.file === path || place.file.startsWith(`${path}/`)),
    );
}
