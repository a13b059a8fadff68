/** From a path as some process reported it to the paths it may mean on this machine. */
import { joinPath } from './modules.js';

export interface PathContext {
  /** Working directory of the process that reported the path. */
  readonly cwd: string | null;
  readonly folders: readonly string[];
}

/**
 * Candidates in order of trust: the path itself, below the process's working directory, below
 * each folder, and, for an absolute path of another machine or a container, its longest common
 * tail with a folder. Empty for what is no file path (`vscode://`, `node:`, `<string>`, UNC).
 */
export function candidatePaths(reported: string, context: PathContext): string[] {
  const path = toFilePath(reported);
  if (path === null) return [];
  const bases = [...(context.cwd ? [context.cwd] : []), ...context.folders].map(slashes);
  const found = isAbsolute(path)
    ? [path, ...bases.flatMap((base) => tails(path).map((tail) => joinPath(base, tail)))]
    : bases.map((base) => joinPath(base, path));
  return longestTailFirst(found, path);
}

/** A plain path with `/`, or null when the text names no file that may be opened. */
export function toFilePath(reported: string): string | null {
  let path = reported.trim();
  if (path.startsWith('file://')) {
    const rest = path
      .slice('file://'.length)
      .replace(/^localhost(?=\/)/, '')
      .replace(/[?#].*$/, '');
    // A host in a file URL is a machine on the network.
    if (!rest.startsWith('/')) return null;
    path = decode(rest).replace(/^\/(?=[a-zA-Z]:)/, '');
  }
  path = slashes(path);
  if (path === '' || path.includes('\0') || path.startsWith('//') || path.startsWith('<'))
    return null;
  if (/^[a-zA-Z][a-zA-Z0-9+.-]+:/.test(path)) return null;
  return path;
}

export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-zA-Z]:\//.test(path);
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `/app/src/server.py` → `app/src/server.py`, `src/server.py`, `server.py`. */
function tails(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..' && part !== '.');
  return parts.map((_part, at) => parts.slice(at).join('/'));
}

/** Between folders, a longer common tail wins over the order of the folders. */
function longestTailFirst(found: readonly string[], path: string): string[] {
  const shared = (candidate: string): number => {
    let length = 0;
    while (length < path.length && candidate.at(-1 - length) === path.at(-1 - length)) length++;
    return length;
  };
  const unique = [...new Set(found)];
  if (!isAbsolute(path)) return unique;
  const [first = path, ...rest] = unique;
  return [first, ...rest.sort((a, b) => shared(b) - shared(a))];
}
