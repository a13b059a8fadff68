/** `912 ms`, `1.31 s`, `2 m 5 s`; `running` for a call that runs. */
export function formatDuration(nanos: number | null): string {
  if (nanos === null) return 'running';
  if (nanos < 1e3) return `${nanos} ns`;
  if (nanos < 1e6) return `${trim(nanos / 1e3)} µs`;
  if (nanos < 1e9) return `${trim(nanos / 1e6)} ms`;
  if (nanos < 60e9) return `${trim(nanos / 1e9)} s`;
  const seconds = Math.round(nanos / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Columns with two spaces between them; `right` are the ones that stand at the right. */
export function formatTable(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [place, cell] of row.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, place) => {
          const width = widths[place] ?? 0;
          return right.includes(place) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * Text of a span as a terminal may show it: control characters and escape sequences would move
 * the cursor, set the clipboard or hide what stands before them.
 */
export function toPlain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');
}
