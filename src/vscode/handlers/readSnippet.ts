import { readFile, stat } from 'node:fs/promises';
import type { HandlerInfo } from '../../core/protocol.js';

const maxBytes = 5_000_000;
const linesBefore = 2;
const linesAfter = 9;
const maxLineLength = 400;

/** The lines of a file, or null when it cannot be read or is no source. */
export async function readLines(file: string): Promise<string[] | null> {
  try {
    if ((await stat(file)).size > maxBytes) return null;
    return (await readFile(file, 'utf8')).split(/\r?\n/);
  } catch {
    return null;
  }
}

/** A few lines around a handler, for showing. */
export async function readSnippet(file: string, line: number): Promise<HandlerInfo['snippet']> {
  const lines = await readLines(file);
  if (!lines || line < 1 || line > lines.length) return null;
  const first = Math.max(line - linesBefore, 1);
  const shown = lines.slice(first - 1, line + linesAfter);
  return { firstLine: first, lines: shown.map((text) => text.slice(0, maxLineLength)) };
}
