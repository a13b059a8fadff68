import { closeSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Enough of a file to hold the resource of its first request. */
const headBytes = 64 * 1024;

/** `NAME-PID-TIME.traces.jsonl` or `….logs.jsonl`, and behind it the process that took the file. */
const namePattern = /\.(?:traces|logs)\.jsonl(?:\.(\d+)\.jsonl)?$/;

/**
 * Files of the spool that belong to these folders (null: all of them) and that nobody has any more:
 * the shim that wrote one has ended, and so has a window that took it and did not come to its end.
 */
export function findSpooled(directory: string, folders: readonly string[] | null): string[] {
  return namesIn(directory)
    .filter((name) => namePattern.test(name) && !isAlive(ownerOf(name)))
    .map((name) => join(directory, name))
    .filter((path) => {
      if (folders === null) return true;
      const cwd = readServerCwd(path);
      return cwd !== null && folders.some((folder) => isInside(cwd, folder));
    });
}

/** A file that this window alone has. */
export interface Claimed {
  readonly path: string;
  /** Its content is in the store. */
  done(): void;
  /** It could not be read now; whoever comes next may try. */
  giveBack(): void;
}

/** Takes a file, so that another window does not; null when that was quicker. */
export function claim(path: string): Claimed | null {
  const [, taker] = namePattern.exec(path) ?? [];
  const plain = taker ? path.slice(0, -`.${taker}.jsonl`.length) : path;
  const mine = `${plain}.${process.pid}.jsonl`;
  try {
    renameSync(path, mine);
  } catch {
    return null;
  }
  return {
    path: mine,
    done: () => rmSync(mine, { force: true }),
    giveBack: () => renameSync(mine, plain),
  };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function ownerOf(name: string): number {
  const [, taker] = namePattern.exec(name) ?? [];
  return Number(taker ?? /-(\d+)-\d+\.(?:traces|logs)\.jsonl$/.exec(name)?.[1] ?? 0);
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readServerCwd(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.alloc(headBytes);
    const head = bytes.toString('utf8', 0, readSync(file, bytes, 0, headBytes, 0));
    const pattern =
      /"spanpath\.server\.cwd"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*("(?:[^"\\]|\\.)*")/;
    const [, text] = pattern.exec(head) ?? [];
    return text === undefined ? null : (JSON.parse(text) as string);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
