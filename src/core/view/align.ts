/** Two traces laid beside each other by structure: the same names at the same depth belong together. */

import type { SpanRow } from '../protocol.js';

export interface AlignedRow {
  readonly left: SpanRow | null;
  readonly right: SpanRow | null;
  readonly depth: number;
}

interface Node {
  readonly row: SpanRow;
  readonly children: Node[];
}

/** Longer lists of siblings are matched in order, without looking for the best fit. */
const mostCompared = 400;

/** Rows in order of the tree, the first of each the root that is compared. */
export function alignRows(left: readonly SpanRow[], right: readonly SpanRow[]): AlignedRow[] {
  const aligned: AlignedRow[] = [];
  const [leftRoots, rightRoots] = [treeOf(left), treeOf(right)];
  // What was chosen belongs together, whatever the names say.
  if (leftRoots.length === 1 && rightRoots.length === 1) {
    addPair(aligned, leftRoots[0] ?? null, rightRoots[0] ?? null, 0);
  } else {
    addSiblings(aligned, leftRoots, rightRoots, 0);
  }
  return aligned;
}

function treeOf(rows: readonly SpanRow[]): Node[] {
  const roots: Node[] = [];
  const open: Node[] = [];
  for (const row of rows) {
    while (open.length && (open.at(-1)?.row.depth ?? 0) >= row.depth) open.pop();
    const node = { row, children: [] };
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

function addPair(
  aligned: AlignedRow[],
  left: Node | null,
  right: Node | null,
  depth: number,
): void {
  aligned.push({ left: left?.row ?? null, right: right?.row ?? null, depth });
  addSiblings(aligned, left?.children ?? [], right?.children ?? [], depth + 1);
}

function addSiblings(aligned: AlignedRow[], left: Node[], right: Node[], depth: number): void {
  for (const [one, other] of matchSiblings(left, right)) addPair(aligned, one, other, depth);
}

/** The longest common sequence of names; what is left over stands alone, in its place. */
function matchSiblings(
  left: readonly Node[],
  right: readonly Node[],
): [Node | null, Node | null][] {
  if (left.length > mostCompared || right.length > mostCompared) return matchInOrder(left, right);
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const same = nameOf(left[i]) === nameOf(right[j]);
      lengths[i * width + j] = same
        ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [Node | null, Node | null][] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [one, other] = [left[i] ?? null, right[j] ?? null];
    if (nameOf(one) === nameOf(other)) {
      pairs.push([one, other]);
      i++;
      j++;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      pairs.push([one, null]);
      i++;
    } else {
      pairs.push([null, other]);
      j++;
    }
  }
  for (; i < left.length; i++) pairs.push([left[i] ?? null, null]);
  for (; j < right.length; j++) pairs.push([null, right[j] ?? null]);
  return pairs;
}

function matchInOrder(left: readonly Node[], right: readonly Node[]): [Node | null, Node | null][] {
  const pairs: [Node | null, Node | null][] = [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at] ?? null, right[at] ?? null];
    if (one && other && nameOf(one) !== nameOf(other)) pairs.push([one, null], [null, other]);
    else pairs.push([one, other]);
  }
  return pairs;
}

function nameOf(node: Node | null | undefined): string {
  return node ? `${node.row.layer}\u0000${node.row.name}` : '';
}

/** How much longer (or shorter) the right one took, ns; null when one of them is missing or runs. */
export function durationChange(pair: AlignedRow): number | null {
  const [before, after] = [pair.left?.duration, pair.right?.duration];
  return typeof before === 'number' && typeof after === 'number' ? after - before : null;
}
