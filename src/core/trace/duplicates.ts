import { layers } from './model.js';
import { flag } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

const server = layers.indexOf('mcp-server');
const wire = layers.indexOf('wire');
const client = layers.indexOf('mcp-client');
const tool = layers.indexOf('tool');
/** Siblings that are looked at; one request has one handling, so real ones are few. */
const maxSiblings = 16;
/** OpenTelemetry for JavaScript takes the start of a trace's first span in whole milliseconds (ns). */
const clockGrain = 1_000_000;

/**
 * Whether a span tells again what another one told: two emitters saw one request. Then it has no
 * row of its own; its children and its source are listed with the other.
 */
export function isDuplicate(index: SpanIndex, slot: number): boolean {
  return originalOf(index, slot) !== -1;
}

/** The slot that stands for a duplicate, or -1. */
export function originalOf(index: SpanIndex, slot: number): number {
  const { columns } = index;
  const layer = columns.layer[slot]!;
  if (layer !== server && layer !== wire && layer !== client && layer !== tool) return -1;
  const parent = columns.parent[slot]!;
  if (parent === -1 || !(columns.flags[parent]! & flag.present)) return -1;
  // One in the other: native telemetry inside ours, or ours inside native.
  if (columns.layer[parent] === layer && isSame(index, parent, slot)) {
    return sameProcess(index, parent, slot) ? parent : -1;
  }
  // Beside each other: both continued the same request.
  if (layer !== server || (columns.layer[parent] !== wire && columns.layer[parent] !== client)) {
    return -1;
  }
  index.links.sortChildren(parent);
  // The longest saw most of the handling; of equals the first.
  let longest = -1;
  let isNear = false;
  let sibling = columns.firstChild[parent]!;
  for (let seen = 0; sibling !== -1 && seen < maxSiblings; seen++) {
    if (sibling === slot) isNear = true;
    const isTold = columns.layer[sibling] === layer && isSame(index, sibling, slot);
    const isLonger = longest === -1 || columns.duration[sibling]! > columns.duration[longest]!;
    if (isTold && isLonger) longest = sibling;
    sibling = columns.next[sibling]!;
  }
  return longest === slot || !isNear ? -1 : longest;
}

/**
 * Where a handling that another emitter tells beside it finds its place: below the part of the
 * original that ran around it, which is the handler, or else below the original. -1 for a span
 * that is no such duplicate.
 */
function hostOf(index: SpanIndex, slot: number): number {
  const { columns } = index;
  const original = originalOf(index, slot);
  if (original === -1 || original === columns.parent[slot]) return -1;
  const start = index.startOf(slot);
  const end = start + columns.duration[slot]!;
  let child = columns.firstChild[original]!;
  for (let seen = 0; child !== -1 && seen < maxSiblings; seen++) {
    const from = index.startOf(child);
    const to = from + columns.duration[child]!;
    const isAround = from - clockGrain <= start && to + clockGrain >= end;
    if (isAround && columns.flags[child]! & flag.present) return child;
    child = columns.next[child]!;
  }
  return original;
}

/** Whether the rows below a slot are simply the children that its links list. */
export function hasOwnChildren(index: SpanIndex, slot: number): boolean {
  const { layer, parent } = index.columns;
  const own = layer[slot]!;
  if (own === wire || own === client || own === server) return false;
  const above = parent[slot]!;
  return above === -1 || layer[above] !== server;
}

/** Fills `out` with the slots that stand directly below `slot` in a tree of rows, by start. */
export function listChildren(index: SpanIndex, slot: number, out: number[]): void {
  const { layer, firstChild, next, parent } = index.columns;
  out.length = 0;
  const isCaller = layer[slot] === wire || layer[slot] === client;
  if (isCaller) index.links.sortChildren(slot);
  for (let child = firstChild[slot]!; child !== -1; child = next[child]!) {
    if (isCaller && layer[child] === server && hostOf(index, child) !== -1) continue;
    out.push(child);
  }
  const above = parent[slot]!;
  const handling =
    layer[slot] === server ? slot : above !== -1 && layer[above] === server ? above : -1;
  const caller = handling === -1 ? -1 : parent[handling]!;
  if (caller === -1 || (layer[caller] !== wire && layer[caller] !== client)) return;
  const own = out.length;
  index.links.sortChildren(caller);
  let sibling = firstChild[caller]!;
  for (let seen = 0; sibling !== -1 && seen < maxSiblings; seen++) {
    if (sibling !== handling && layer[sibling] === server && hostOf(index, sibling) === slot) {
      out.push(sibling);
    }
    sibling = next[sibling]!;
  }
  if (out.length > own) out.sort((a, b) => index.startOf(a) - index.startOf(b));
}

/** Slots of all spans that tell the same request as `slot`, itself first. */
export function foldedInto(index: SpanIndex, slot: number): number[] {
  const { columns } = index;
  const found = [slot];
  for (let at = 0; at < found.length && found.length < maxSiblings; at++) {
    for (let child = columns.firstChild[found[at]!]!; child !== -1; child = columns.next[child]!) {
      if (originalOf(index, child) === found[at]) found.push(child);
    }
  }
  const parent = columns.parent[slot]!;
  if (parent !== -1 && columns.layer[slot] === server) {
    let sibling = columns.firstChild[parent]!;
    for (let seen = 0; sibling !== -1 && seen < maxSiblings; seen++) {
      if (sibling !== slot && originalOf(index, sibling) === slot) found.push(sibling);
      sibling = columns.next[sibling]!;
    }
  }
  return found;
}

/** The same method, and the same target where both say one. */
function isSame(index: SpanIndex, a: number, b: number): boolean {
  const { method, target } = index.columns;
  return (
    (method[a] === method[b] || method[a] === 0 || method[b] === 0) &&
    (target[a] === target[b] || target[a] === 0 || target[b] === 0) &&
    (method[a] !== 0 || target[a] !== 0 || method[b] !== 0 || target[b] !== 0)
  );
}

function sameProcess(index: SpanIndex, a: number, b: number): boolean {
  const { resource } = index.columns;
  return resource[a] === resource[b];
}
