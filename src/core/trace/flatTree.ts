import { isDuplicate, listChildren } from './duplicates.js';
import { layers } from './model.js';
import { flag } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

/** A top-level slot and all below it in reading order, before folding by the user. */
export interface FlatTree {
  /** Slots of the rows. */
  readonly slots: Int32Array;
  readonly depths: Int32Array;
  /** Rows below each row. */
  readonly descendants: Int32Array;
  /** ns to add to each row's start: the repaired clock of its process. Null when all are 0. */
  readonly shifts: Float64Array | null;
}

export interface TreeOptions {
  /** By place in `layers`: whether the user switched the layer off. */
  readonly hidden: readonly boolean[];
  /** Show times as reported, skewed clocks and all. */
  readonly rawTimes: boolean;
}

/**
 * Lays a tree out in rows. A slot without a row of its own hands its children to the row above:
 * a hidden layer, a duplicate of native telemetry, a missing parent with a single child.
 */
export function flattenTree(index: SpanIndex, top: number, options: TreeOptions): FlatTree {
  const { links } = index;
  const slots: number[] = [];
  const depths: number[] = [];
  const shifts: number[] = [];
  let shifted = false;
  // Slot, depth, shift of what is still to visit, next one on top.
  const stack: number[] = [top, 0, 0];
  const children: number[] = [];
  while (stack.length > 0) {
    const shift = stack.pop()!;
    const depth = stack.pop()!;
    const slot = stack.pop()!;
    const visible = hasRow(index, slot, options.hidden);
    if (visible) {
      slots.push(slot);
      depths.push(depth);
      shifts.push(shift);
    }
    links.sortChildren(slot);
    listChildren(index, slot, children);
    const below = visible ? depth + 1 : depth;
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at]!;
      const childShift = options.rawTimes ? 0 : shiftOf(index, slot, child, shift);
      if (childShift !== 0) shifted = true;
      stack.push(child, below, childShift);
    }
  }
  return {
    slots: Int32Array.from(slots),
    depths: Int32Array.from(depths),
    descendants: countDescendants(depths),
    shifts: shifted ? Float64Array.from(shifts) : null,
  };
}

/**
 * Rows of a tree that no closed row hides, and its latest end, ns after the session's origin
 * (infinite while something in it runs), without making anything.
 */
export function measureTree(
  index: SpanIndex,
  top: number,
  options: TreeOptions,
  isExpanded: (slot: number) => boolean,
): { rows: number; end: number } {
  const { flags, duration } = index.columns;
  let rows = 0;
  let end = Number.NEGATIVE_INFINITY;
  // Slot, shift, whether a closed row hides it.
  const stack: number[] = [top, 0, 0];
  const children: number[] = [];
  while (stack.length > 0) {
    const hidden = stack.pop()!;
    const shift = stack.pop()!;
    const slot = stack.pop()!;
    const visible = hasRow(index, slot, options.hidden);
    if (visible && hidden === 0) rows++;
    if (flags[slot]! & flag.present) {
      const length = duration[slot]!;
      const to = length < 0 ? Number.POSITIVE_INFINITY : index.startOf(slot) + shift + length;
      if (to > end) end = to;
    }
    const below = hidden === 1 || (visible && !isExpanded(slot)) ? 1 : 0;
    listChildren(index, slot, children);
    for (const child of children) {
      stack.push(child, options.rawTimes ? 0 : shiftOf(index, slot, child, shift), below);
    }
  }
  return { rows, end };
}

function hasRow(index: SpanIndex, slot: number, hidden: readonly boolean[]): boolean {
  const { columns } = index;
  if (!(columns.flags[slot]! & flag.present)) {
    const first = columns.firstChild[slot]!;
    return first !== -1 && columns.next[first] !== -1;
  }
  return !hidden[columns.layer[slot]!] && !isDuplicate(index, slot);
}

const wire = layers.indexOf('wire');
const client = layers.indexOf('mcp-client');
/** Clocks of one machine agree this well; less is measurement, not skew (ns). */
const tolerance = 2_000_000;

/**
 * The clock of another process is estimated from nesting: a request cannot be handled before it
 * was sent nor after it was answered. A span that sticks out of its caller is centred in it, as
 * if both ways had taken the same time; everything below it in that process moves along.
 */
export function shiftOf(index: SpanIndex, parent: number, child: number, shift: number): number {
  const { columns } = index;
  const { resource, start, duration, layer, flags } = columns;
  if (!(flags[parent]! & flag.present) || !(flags[child]! & flag.present)) return shift;
  if (resource[parent] === resource[child]) return shift;
  const caller = layer[parent] === wire || layer[parent] === client || columns.kind[parent] === 3;
  if (!caller || duration[parent]! < 0 || duration[child]! < 0) return shift;
  const parentStart = start[parent]! + shift;
  const slack = duration[parent]! - duration[child]!;
  if (slack < 0) return shift;
  const before = parentStart - start[child]!;
  const after = start[child]! + duration[child]! - (parentStart + duration[parent]!);
  if (before <= tolerance && after <= tolerance) return 0;
  return before + slack / 2;
}

/** From depths in reading order: how many rows each one has below it. */
export function countDescendants(depths: readonly number[] | Int32Array): Int32Array {
  const counts = new Int32Array(depths.length);
  const open: number[] = [];
  for (let row = 0; row <= depths.length; row++) {
    const depth = row < depths.length ? depths[row]! : -1;
    while (open.length > 0 && depths[open.at(-1)!]! >= depth) {
      const closed = open.pop()!;
      counts[closed] = row - closed - 1;
    }
    open.push(row);
  }
  return counts;
}
