import { readFileSync } from 'node:fs';

/** Line (from 1) of the first one that contains `text`; tests name code, not numbers. */
export function lineOf(file: string, text: string): number {
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`"${text}" is not in ${file}`);
  return index + 1;
}

/** The first line at or after the one that contains `from` which contains `text`. */
export function lineAfter(file: string, from: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lineOf(file, from) - 1;
  const index = lines.findIndex((line, at) => at >= start && line.includes(text));
  if (index < 0) throw new Error(`"${text}" does not follow "${from}" in ${file}`);
  return index + 1;
}
