import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import * as vscode from 'vscode';
import { candidatePaths, isAbsolute, toFilePath } from '../../core/source/paths.js';
import { followLine, hasFunction } from '../../core/source/staleLine.js';
import { readLines } from './readSnippet.js';
import { searchFile } from './searchFile.js';
import { mapToSource } from './sourceMaps.js';

/** A place that may be opened; `file` is the real path, symbolic links resolved. */
export interface LocatedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Below a folder of this window. Anything else opens only after the user agreed. */
  readonly isInside: boolean;
  /** Code of others: opens read-only. */
  readonly isForeign: boolean;
}

export interface Reported {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly cwd: string | null;
  readonly functionName?: string;
  readonly text?: string;
}

/** The file on this machine that a process meant, generated code mapped to its source; or null. */
export async function locateReported(reported: Reported): Promise<LocatedPlace | null> {
  const folders = await realFolders();
  for (const candidate of candidatePaths(reported.file, { cwd: reported.cwd, folders })) {
    const file = await realFile(candidate);
    if (file === null) continue;
    const isInside = folders.some((folder) => isBelow(file, folder));
    // A guess by common tail or through `..` may not lead out of what it was a guess about.
    const isLiteral = isAbsolute(candidate) && candidate === toFilePath(reported.file);
    const isBelowCwd = reported.cwd !== null && isBelow(file, reported.cwd);
    if (!isInside && !isLiteral && !isBelowCwd) continue;
    return placeIn(file, reported, isInside, folders);
  }
  const found = await searchFile(reported.file);
  const file = found && (await realFile(found));
  return file && folders.some((folder) => isBelow(file, folder))
    ? placeIn(file, reported, true, folders)
    : null;
}

/** A file named by its real path. */
export async function locateExact(place: {
  file: string;
  line: number;
  column: number;
}): Promise<LocatedPlace | null> {
  const file = await realFile(place.file);
  if (file === null) return null;
  const isInside = (await realFolders()).some((folder) => isBelow(file, folder));
  return { file, line: place.line, column: place.column, isInside, isForeign: isForeign(file) };
}

async function placeIn(
  file: string,
  reported: Reported,
  isInside: boolean,
  folders: readonly string[],
): Promise<LocatedPlace | null> {
  const lines = (await readLines(file)) ?? [];
  const functionName = reported.functionName ?? '';
  // What was built anew since is followed before its map is asked, which is of now.
  const line = followLine(lines, {
    line: reported.line,
    functionName,
    text: reported.text ?? '',
  });
  const mapped = await mapToSource(file, reported.text ? line : reported.line, reported.column);
  const mappedFile = mapped && (await realFile(mapped.file));
  const isMappedInside = !!mappedFile && folders.some((folder) => isBelow(mappedFile, folder));
  if (mapped && mappedFile && (isMappedInside || !isInside)) {
    const now = (await readLines(mappedFile)) ?? [];
    // Written on since it was compiled.
    const moved = mapped.text.trim()
      ? followLine(now, { line: mapped.line, functionName, text: mapped.text })
      : mapped.line;
    return {
      line: moved,
      column: mapped.column,
      file: mappedFile,
      isInside: isMappedInside,
      isForeign: isForeign(mappedFile),
    };
  }
  // A Java method comes without a line: it is where its name is defined, or nowhere.
  const isNamed = reported.line === 0 && /\.(java|kt)$/.test(file);
  if (isNamed && !hasFunction(lines, functionName)) return null;
  const indent = (lines[line - 1] ?? '').search(/\S/) + 1;
  const column =
    line === reported.line && reported.column > 0 ? reported.column : Math.max(indent, 1);
  return { file, line, column, isInside, isForeign: isForeign(file) };
}

function isForeign(file: string): boolean {
  return (
    /[\\/](node_modules|site-packages|dist-packages)[\\/]/.test(file) ||
    /[\\/](go[\\/]pkg[\\/]mod|\.cargo[\\/]registry|usr[\\/]local[\\/]go)[\\/]/.test(file)
  );
}

export function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Folders of this window with symbolic links resolved, so that files below them compare. */
async function realFolders(): Promise<string[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    (folder) => folder.uri.scheme === 'file',
  );
  return Promise.all(folders.map(({ uri }) => realpath(uri.fsPath).catch(() => uri.fsPath)));
}

async function realFile(path: string): Promise<string | null> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isFile() ? real : null;
  } catch {
    return null;
  }
}
