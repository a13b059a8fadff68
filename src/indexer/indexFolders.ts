import type { HandlerPlace } from '../core/protocol.js';

/**
 * Every handler registered in the given files and folders, in order of path and line.
 * `grammarDir` defaults to `grammars/` beside the running bundle.
 */
export async function indexFolders(
  _paths: readonly string[],
  _options: { grammarDir?: string } = {},
): Promise<HandlerPlace[]> {
  return [];
}
