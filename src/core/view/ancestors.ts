/** The rows that a row stands under, from what is loaded around it. */

import type { SpanRow } from '../protocol.js';

export interface LoadedRun {
  readonly from: number;
  readonly rows: readonly SpanRow[];
  /** Ancestors of `rows[0]`, outermost first. */
  readonly ancestors: readonly SpanRow[];
}

/** Ancestors of the row at `index`, outermost first; empty when the row is not in the run. */
export function ancestorsAt(run: LoadedRun, index: number): SpanRow[] {
  const row = run.rows[index - run.from];
  if (!row) return [];
  const found: SpanRow[] = [];
  let depth = row.depth;
  for (let at = index - run.from - 1; at >= 0 && depth > 0; at--) {
    const candidate = run.rows[at];
    if (candidate && candidate.depth < depth) {
      found.unshift(candidate);
      depth = candidate.depth;
    }
  }
  const above = run.ancestors.filter((ancestor) => ancestor.depth < depth);
  return [...above, ...found];
}

/**
 * The rows that stay at the top while their children scroll: they cover the rows below them, so
 * the answer is for the first row that they leave uncovered.
 */
export function stickyRows(run: LoadedRun, firstVisible: number, most: number): SpanRow[] {
  let sticky: SpanRow[] = [];
  for (let covered = 0; covered <= most; covered++) {
    const next = ancestorsAt(run, firstVisible + covered).slice(0, most);
    if (next.length <= covered) return next.length < covered ? sticky.slice(0, covered) : next;
    sticky = next;
  }
  return sticky;
}
