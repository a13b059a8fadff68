/** Which program files start a Python that loads no hook. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hookRefusal } from './hookRefusal.js';

/** What PyInstaller ends its archive with; on Linux the table of sections follows. */
const pyInstallerMark = Buffer.from('MEI\x0c\x0b\x0a\x0b\x0e', 'latin1');
const headBytes = 4096;
const tailBytes = 8192;

/**
 * Why nothing is loaded into this server though its command does not say so, or null. Reads the
 * ends of the program's file, and of the file behind a `python` in front of it.
 */
export function sealedProgram(command: readonly string[], searchPath: string): string | null {
  for (const word of command.slice(0, 2)) {
    const reason = readReason(word, searchPath);
    if (reason !== null) return reason;
  }
  return null;
}

function readReason(program: string, searchPath: string): string | null {
  const folders = /[\\/]/.test(program) ? [''] : ['', ...searchPath.split(delimiter)];
  for (const folder of folders) {
    try {
      return explain(readEnds(join(folder, program)));
    } catch {
      // Not there, or nothing that can be read.
    }
  }
  return null;
}

function readEnds(path: string): { head: Buffer; tail: Buffer } {
  const file = openSync(path, 'r');
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new Error(`${path} is no file`);
    const head = Buffer.alloc(Math.min(headBytes, status.size));
    const tail = Buffer.alloc(Math.min(tailBytes, status.size));
    readSync(file, head, 0, head.length, 0);
    readSync(file, tail, 0, tail.length, status.size - tail.length);
    return { head, tail };
  } finally {
    closeSync(file);
  }
}

function explain({ head, tail }: { head: Buffer; tail: Buffer }): string | null {
  if (head.subarray(0, 2).toString() !== '#!') {
    return tail.includes(pyInstallerMark)
      ? 'a program made by PyInstaller brings a Python of its own, which loads no hooks: handlers are found by reading the source'
      : null;
  }
  if (head.includes('.bootstrap/pex/')) {
    return 'a PEX starts Python without PYTHONPATH, unless it was made with --inherit-path, so no hook is loaded: handlers are found by reading the source';
  }
  const [line = ''] = head.toString('latin1', 2).split('\n');
  return hookRefusal(line.trim().split(/\s+/));
}
