import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';

const maxMapBytes = 20_000_000;
/** A `sourceMappingURL` stands at the end of a file. */
const pattern = /\/[/*][#@]\s*sourceMappingURL=([^\s*]+)/g;

export interface MappedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line as it was compiled; '' when the map does not hold its source. */
  readonly text: string;
}

/** Where the code at a place of a generated script was written; null when no map says so. */
export async function mapToSource(
  file: string,
  line: number,
  column: number,
): Promise<MappedPlace | null> {
  if (!/\.[cm]?jsx?$/.test(file) || line < 1) return null;
  try {
    if ((await stat(file)).size > maxMapBytes) return null;
    const url = [...(await readFile(file, 'utf8')).matchAll(pattern)].at(-1)?.[1];
    if (!url) return null;
    const { text, base } = await readMap(url, file);
    const map = new TraceMap(JSON.parse(text));
    const found = originalPositionFor(map, {
      line,
      column: Math.max(column - 1, 0),
      bias: 1,
    });
    if (found.source === null || found.line === null) return null;
    const source = found.source.startsWith('file://')
      ? fileURLToPath(found.source)
      : resolve(dirname(base), found.source);
    const content = sourceContentFor(map, found.source);
    const compiled = content?.split(/\r?\n/)[found.line - 1] ?? '';
    return { file: source, line: found.line, column: found.column + 1, text: compiled };
  } catch {
    // A map that is missing or damaged leaves the generated place.
    return null;
  }
}

async function readMap(url: string, file: string): Promise<{ text: string; base: string }> {
  const inline = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (inline) {
    const [, base64, body = ''] = inline;
    return {
      text: base64 ? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body),
      base: file,
    };
  }
  if (/^[a-z]+:/i.test(url)) throw new Error('a source map from elsewhere is not fetched');
  const path = resolve(dirname(file), decodeURIComponent(url));
  if ((await stat(path)).size > maxMapBytes) throw new Error('the source map is too large');
  return { text: await readFile(path, 'utf8'), base: path };
}
