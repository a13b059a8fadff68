import type { FlatTree } from './flatTree.js';
import type { SpanIndex } from './spanIndex.js';

/** ns that two readings of one clock may lie apart. */
const clockStep = 1_000;
/** Some SDKs read starts from a clock of whole milliseconds, and durations from a fine one. */
const coarseClockStep = 1_000_000;

/** What comes after something long may seem to begin a little before that has ended. */
function isRounding(overlap: number, length: number): boolean {
  return overlap <= coarseClockStep && overlap * 10 <= length;
}

/**
 * Marks the rows on the slowest chain of a tree: walking back from the end of a row, the child
 * that ended last before the cursor is what was waited for; then the cursor is its start.
 */
export function findCriticalRows(index: SpanIndex, tree: FlatTree, now: number): Uint8Array {
  const critical = new Uint8Array(tree.slots.length);
  if (tree.slots.length === 0) return critical;
  const { duration } = index.columns;
  const startOf = (row: number): number =>
    index.startOf(tree.slots[row]!) + (tree.shifts?.[row] ?? 0);
  const endOf = (row: number): number => {
    const length = duration[tree.slots[row]!]!;
    return length < 0 ? now : startOf(row) + length;
  };
  critical[0] = 1;
  const pending = [0];
  while (pending.length > 0) {
    const row = pending.pop()!;
    const end = row + tree.descendants[row]!;
    const children: number[] = [];
    // Children come by start, which mostly is the order of their ends too.
    let inOrder = true;
    let latest = Number.NEGATIVE_INFINITY;
    for (let child = row + 1; child <= end; child += tree.descendants[child]! + 1) {
      const childEnd = endOf(child);
      if (childEnd <= latest) inOrder = false;
      latest = childEnd;
      children.push(child);
    }
    if (!inOrder) children.sort((a, b) => endOf(a) - endOf(b) || b - a);
    let cursor = endOf(row);
    for (let last = children.length - 1; last >= 0; last--) {
      const child = children[last]!;
      // A child that overlaps what is already on the path was not waited for.
      const overlap = endOf(child) - cursor;
      if (overlap > clockStep && !isRounding(overlap, endOf(child) - startOf(child))) continue;
      critical[child] = 1;
      pending.push(child);
      cursor = startOf(child);
    }
  }
  return critical;
}
