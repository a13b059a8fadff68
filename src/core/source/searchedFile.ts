/** What a runtime says of a file without saying where it stands: which files it may mean. */
import { isAbsolute, toFilePath } from './paths.js';

export interface SearchedFile {
  /** Names that the file may have. */
  readonly names: readonly string[];
  /** Whether a file found under such a name is the one that was meant. */
  accepts(file: string, text: string): boolean;
}

/**
 * Java and Kotlin report a class (`com/example/Tools.java`), Rust a path from its workspace, Go
 * built with `-trimpath` one behind the module's name. Null for what is no such path.
 */
export function searchedFile(reported: string): SearchedFile | null {
  const path = toFilePath(reported);
  // What has a version in its path is a dependency, not a file of the workspace.
  if (path === null || isAbsolute(path) || /@v?\d/.test(path)) return null;
  const plain = path.replace(/^(?:\.\/)+/, '');
  const name = plain.slice(plain.lastIndexOf('/') + 1);
  const jvm = /^(\w+)\.(?:java|kt)$/.exec(name)?.[1];
  if (jvm === undefined) {
    if (!plain.includes('/') || plain.includes('..')) return null;
    return { names: [name], accepts: (file) => file.endsWith(`/${plain}`) };
  }
  const declared = plain.slice(0, -name.length - 1).replaceAll('/', '.');
  return {
    // Functions outside of classes stand in a class of their file's name and `Kt`.
    names: [...new Set([name, `${jvm}.java`, `${jvm}.kt`, `${jvm.replace(/Kt$/, '')}.kt`])],
    accepts: (_file, text) => (/^\s*package\s+([\w.]+)/m.exec(text)?.[1] ?? '') === declared,
  };
}

/** A path behind the name of the Go module in whose folder it stands, below that folder; or null. */
export function insideModule(path: string, goMod: string): string | null {
  const module = /^\s*module\s+"?([^\s"]+)/m.exec(goMod)?.[1];
  return module && path.startsWith(`${module}/`) ? path.slice(module.length + 1) : null;
}
