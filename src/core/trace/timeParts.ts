import type { TimePart } from '../protocol.js';
import type { FlatTree } from './flatTree.js';
import { layers } from './model.js';
import { flag } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

const chain = [
  layers.indexOf('tool'),
  layers.indexOf('mcp-client'),
  layers.indexOf('wire'),
  layers.indexOf('mcp-server'),
];
/** What the time of a link of the chain is that its inner link does not cover. */
const chainKinds: readonly TimePart['kind'][] = ['wait', 'wait', 'wire', 'server'];
const workflow = layers.indexOf('workflow');
const agent = layers.indexOf('agent');
/** More stretches than this are not told apart on any screen. */
const maxParts = 200;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * What the bar of a row is made of, in order of time and without overlap: waiting in the client,
 * on the wire, in the server before and after the handler, the handler itself, what it called.
 * Empty for rows that are simply themselves. `origin` is subtracted from every start.
 */
export function attributeTime(
  index: SpanIndex,
  tree: FlatTree,
  row: number,
  now: number,
  origin: number,
): TimePart[] {
  const { columns } = index;
  const layer = columns.layer[tree.slots[row]!]!;
  const isAgent = layer === workflow || layer === agent;
  if (!isAgent && !chain.includes(layer)) return [];
  const parts: TimePart[] = [];
  const put = (kind: TimePart['kind'], start: number, end: number): void => {
    if (end > start && parts.length < maxParts) {
      parts.push({ kind, start: start - origin, duration: end - start });
    }
  };
  const after: [TimePart['kind'], number, number][] = [];
  let at = row;
  let { start, end } = stretchOf(index, tree, at, now);
  for (;;) {
    const inner = innerLink(index, tree, at);
    if (inner === -1) break;
    const next = clip(stretchOf(index, tree, inner, now), start, end);
    const kind = chainKinds[chain.indexOf(columns.layer[tree.slots[at]!]!)] ?? 'server';
    put(kind, start, next.start);
    after.push([kind, next.end, end]);
    at = inner;
    ({ start, end } = next);
  }
  const called = unite(index, tree, at, now, start, end);
  // A call that nobody looked into is wire and server in one; there is nothing to tell apart.
  if (at === row && called.length === 0) return [];
  const own = isAgent ? 'gap' : columns.layer[tree.slots[at]!] === chain[2] ? 'wire' : 'handler';
  let cursor = start;
  for (const stretch of called) {
    put(own, cursor, stretch.start);
    put('children', stretch.start, stretch.end);
    cursor = stretch.end;
  }
  put(own, cursor, end);
  for (const [kind, from, to] of after.reverse()) put(kind, from, to);
  return parts;
}

/** The row below that continues the same call one layer further in, or is its handler. */
function innerLink(index: SpanIndex, tree: FlatTree, row: number): number {
  const { layer, kind, flags } = index.columns;
  const rank = chain.indexOf(layer[tree.slots[row]!]!);
  if (rank === -1) return -1;
  const end = row + tree.descendants[row]!;
  let only = -1;
  let children = 0;
  for (let child = row + 1; child <= end; child += tree.descendants[child]! + 1) {
    const slot = tree.slots[child]!;
    if (chain.indexOf(layer[slot]!) > rank) return child;
    children++;
    only = kind[slot] === 1 && flags[slot]! & flag.present ? child : -1;
  }
  // A server span's only internal child is the handler.
  return rank === chain.length - 1 && children === 1 && tree.descendants[only] ? only : -1;
}

function stretchOf(index: SpanIndex, tree: FlatTree, row: number, now: number): Stretch {
  const slot = tree.slots[row]!;
  const start = index.startOf(slot) + (tree.shifts?.[row] ?? 0);
  const duration = index.columns.duration[slot]!;
  return { start, end: duration < 0 ? Math.max(now, start) : start + duration };
}

function clip(stretch: Stretch, start: number, end: number): Stretch {
  const from = Math.min(Math.max(stretch.start, start), end);
  return { start: from, end: Math.max(from, Math.min(stretch.end, end)) };
}

/** The time that children cover, as stretches without overlap, in order. */
function unite(
  index: SpanIndex,
  tree: FlatTree,
  row: number,
  now: number,
  start: number,
  end: number,
): Stretch[] {
  const last = row + tree.descendants[row]!;
  const stretches: Stretch[] = [];
  let inOrder = true;
  let latest = Number.NEGATIVE_INFINITY;
  for (let child = row + 1; child <= last; child += tree.descendants[child]! + 1) {
    const stretch = clip(stretchOf(index, tree, child, now), start, end);
    if (stretch.end <= stretch.start) continue;
    if (stretch.start < latest) inOrder = false;
    latest = stretch.start;
    stretches.push(stretch);
  }
  // Children stand by start; a repaired clock may have moved one.
  if (!inOrder) stretches.sort((a, b) => a.start - b.start);
  const united: { start: number; end: number }[] = [];
  for (const stretch of stretches) {
    const open = united.at(-1);
    if (open && stretch.start <= open.end) open.end = Math.max(open.end, stretch.end);
    else united.push({ ...stretch });
  }
  return united;
}
