/** Just enough of source maps (revision 3) for a map that a transpiler left inside a script. */

interface Place {
  readonly line: number;
  readonly column: number;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

interface Original extends Place {
  /** As the map spells it, below its `sourceRoot`. */
  readonly source: string;
}

/** The original file, line and column, from 1, of a generated place; null when the map has none. */
export function mapInline(url: string, generated: Place): Original | null {
  const found = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (!found) return null;
  try {
    const text = found[1]
      ? Buffer.from(found[2] ?? '', 'base64').toString('utf8')
      : decodeURIComponent(found[2] ?? '');
    const { mappings, sources, sourceRoot } = JSON.parse(text) as {
      mappings?: unknown;
      sources?: readonly unknown[];
      sourceRoot?: unknown;
    };
    const original = typeof mappings === 'string' ? findOriginal(mappings, generated) : null;
    if (!original) return null;
    const root = typeof sourceRoot === 'string' && sourceRoot !== '' ? `${sourceRoot}/` : '';
    return { ...original, source: `${root}${String(sources?.[original.sourceAt] ?? '')}` };
  } catch {
    return null;
  }
}

/** Segments hold differences, so everything before the line has to be read. */
function findOriginal(
  mappings: string,
  generated: Place,
): (Place & { readonly sourceAt: number }) | null {
  let sourceAt = 0;
  let line = 0;
  let column = 0;
  let best: (Place & { readonly sourceAt: number }) | null = null;
  const lines = mappings.split(';', generated.line);
  for (const [at, segments] of lines.entries()) {
    let generatedColumn = 0;
    for (const segment of segments.split(',')) {
      const [columns, sources, lines, originalColumns] = decodeDigits(segment);
      generatedColumn += columns ?? 0;
      if (lines === undefined || originalColumns === undefined) continue;
      sourceAt += sources ?? 0;
      line += lines;
      column += originalColumns;
      const isHere = at === generated.line - 1;
      if (isHere && (best === null || generatedColumn <= generated.column - 1))
        best = { sourceAt, line: line + 1, column: column + 1 };
    }
  }
  return best;
}

function decodeDigits(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = digits.indexOf(letter);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 === 1 ? -Math.floor(value / 2) : value / 2);
    value = 0;
    shift = 0;
  }
  return numbers;
}
