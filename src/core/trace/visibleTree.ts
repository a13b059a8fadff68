import type { FlatTree } from './flatTree.js';
import type { MatchCache } from './matchCache.js';
import type { SpanIndex } from './spanIndex.js';

/** The visible rows of a tree, as places in it, ascending. */
export interface VisibleTree {
  readonly tree: FlatTree;
  readonly rows: Int32Array;
}

/** Rows that a query leaves and no closed row hides. */
export function findVisibleRows(
  tree: FlatTree,
  keep: Uint8Array | null,
  isExpanded: (slot: number) => boolean,
): Int32Array {
  const rows = new Int32Array(tree.slots.length);
  let count = 0;
  for (let row = 0; row < tree.slots.length; row++) {
    const below = tree.descendants[row]!;
    if (keep?.[row] === 0) {
      row += below;
      continue;
    }
    rows[count++] = row;
    if (below > 0 && !isExpanded(tree.slots[row]!)) row += below;
  }
  return count === rows.length ? rows : rows.slice(0, count);
}

/**
 * What a query leaves of a tree: matches, what is above them and what is below them, by row; null
 * without a query, which leaves everything.
 */
export function keepRows(tree: FlatTree, matches: MatchCache | null): Uint8Array | null {
  if (!matches) return null;
  const keep = new Uint8Array(tree.slots.length);
  let keptUntil = -1;
  for (let row = 0; row < tree.slots.length; row++) {
    if (matches.refuses(tree.slots[row]!)) row += tree.descendants[row]!;
    else if (row <= keptUntil) keep[row] = 1;
    else if (matches.matches(tree.slots[row]!)) {
      keep[row] = 1;
      keptUntil = row + tree.descendants[row]!;
    }
  }
  // A row with a kept one below it stays as its frame.
  const path: number[] = [];
  for (let row = 0; row < tree.slots.length; row++) {
    path.length = tree.depths[row]!;
    path.push(row);
    if (keep[row] === 0) continue;
    for (let above = path.length - 2; above >= 0 && keep[path[above]!] === 0; above--) {
      keep[path[above]!] = 1;
    }
  }
  return keep;
}

/** What a query leaves of a tree: all of it, nothing, or a part that only its rows can tell. */
export type Kept = 'all' | 'nothing' | 'some';

/** Asks the spans of a tree, without laying it out, until it is clear what the query leaves. */
export function judgeTree(index: SpanIndex, top: number, matches: MatchCache): Kept {
  const { firstChild, next, parent } = index.columns;
  const topMatches = matches.matches(top);
  if (topMatches && !matches.hasRefusal) return 'all';
  for (let slot = top; ; ) {
    if (topMatches ? matches.refuses(slot) : matches.matches(slot)) return 'some';
    let to = firstChild[slot]!;
    while (to === -1 && slot !== top) {
      to = next[slot]!;
      if (to === -1) slot = parent[slot]!;
    }
    if (to === -1) return topMatches ? 'all' : 'nothing';
    slot = to;
  }
}

/** Slots of row ids (`traceId:spanId`); ids of spans that are not here are left out. */
export function findSlots(index: SpanIndex, ids: ReadonlySet<string>): ReadonlySet<number> {
  const slots = new Set<number>();
  for (const id of ids) {
    const slot = index.find({ traceId: id.slice(0, 32), spanId: id.slice(33) });
    if (slot !== -1) slots.add(slot);
  }
  return slots;
}

/** Place of a value in an ascending list, or -1. */
export function placeOf(values: Int32Array, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = values[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
