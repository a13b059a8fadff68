import { grown } from '../otlp/traceBatch.js';
import { hasOwnChildren, isDuplicate, listChildren } from './duplicates.js';
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

/** What is still to visit, next one on top; made once, since most trees are small. */
const open = {
  slots: new Int32Array(1024),
  /** Depth, or whether a closed row hides it. */
  marks: new Int32Array(1024),
  shifts: new Float64Array(1024),
};
/** Rows of the tree that is laid out. */
const laid = {
  slots: new Int32Array(1024),
  depths: new Int32Array(1024),
  shifts: new Float64Array(1024),
};
const listed: number[] = [];

/** Puts the slots directly below one on the pile, the first of them on top; its new height. */
function pileChildren(
  index: SpanIndex,
  slot: number,
  mark: number,
  shift: number,
  rawTimes: boolean,
  height: number,
): number {
  const { lastChild, previous } = index.columns;
  let to = height;
  const put = (child: number): void => {
    if (to === open.slots.length) {
      open.slots = grown(open.slots, to * 2);
      open.marks = grown(open.marks, to * 2);
      open.shifts = grown(open.shifts, to * 2);
    }
    open.slots[to] = child;
    open.marks[to] = mark;
    open.shifts[to++] = rawTimes ? 0 : shiftOf(index, slot, child, shift);
  };
  if (hasOwnChildren(index, slot)) {
    for (let child = lastChild[slot]!; child !== -1; child = previous[child]!) put(child);
  } else {
    listChildren(index, slot, listed);
    for (let at = listed.length - 1; at >= 0; at--) put(listed[at]!);
  }
  return to;
}

/** A pile with the top of a tree alone; returns its height. */
function pileTop(top: number): number {
  open.slots[0] = top;
  open.marks[0] = 0;
  open.shifts[0] = 0;
  return 1;
}

/**
 * Lays a tree out in rows. A slot without a row of its own hands its children to the row above:
 * a hidden layer, a duplicate of native telemetry, a missing parent with a single child.
 */
export function flattenTree(index: SpanIndex, top: number, options: TreeOptions): FlatTree {
  const { links } = index;
  const { hidden, rawTimes } = options;
  let rows = 0;
  let shifted = false;
  let height = pileTop(top);
  while (height > 0) {
    const slot = open.slots[--height]!;
    const depth = open.marks[height]!;
    const shift = open.shifts[height]!;
    const visible = hasRow(index, slot, hidden);
    if (visible) {
      if (rows === laid.slots.length) {
        laid.slots = grown(laid.slots, rows * 2);
        laid.depths = grown(laid.depths, rows * 2);
        laid.shifts = grown(laid.shifts, rows * 2);
      }
      laid.slots[rows] = slot;
      laid.depths[rows] = depth;
      laid.shifts[rows++] = shift;
      if (shift !== 0) shifted = true;
    }
    links.sortChildren(slot);
    height = pileChildren(index, slot, visible ? depth + 1 : depth, shift, rawTimes, height);
  }
  const depths = laid.depths.slice(0, rows);
  return {
    slots: laid.slots.slice(0, rows),
    depths,
    descendants: countDescendants(depths),
    shifts: shifted ? laid.shifts.slice(0, rows) : null,
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
  let height = pileTop(top);
  while (height > 0) {
    const slot = open.slots[--height]!;
    const hidden = open.marks[height]!;
    const shift = open.shifts[height]!;
    const visible = hasRow(index, slot, options.hidden);
    if (visible && hidden === 0) rows++;
    if (flags[slot]! & flag.present) {
      const length = duration[slot]!;
      const to = length < 0 ? Number.POSITIVE_INFINITY : index.startOf(slot) + shift + length;
      if (to > end) end = to;
    }
    const below = hidden === 1 || (visible && !isExpanded(slot)) ? 1 : 0;
    height = pileChildren(index, slot, below, shift, options.rawTimes, height);
  }
  return { rows, end };
}

/** Whether a slot has a row of its own. */
export function hasRow(index: SpanIndex, slot: number, hidden: readonly boolean[]): boolean {
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
export function countDescendants(depths: Int32Array): Int32Array {
  const counts = new Int32Array(depths.length);
  // Rows whose end is not seen yet, outermost first.
  const path = new Int32Array(depths.length);
  let height = 0;
  for (let row = 0; row <= depths.length; row++) {
    const depth = row < depths.length ? depths[row]! : -1;
    for (; height > 0 && depths[path[height - 1]!]! >= depth; height--) {
      const closed = path[height - 1]!;
      counts[closed] = row - closed - 1;
    }
    path[height++] = row;
  }
  return counts;
}
