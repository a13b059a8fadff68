import { layers } from './model.js';
import { flag } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

const server = layers.indexOf('mcp-server');
const wire = layers.indexOf('wire');
const client = layers.indexOf('mcp-client');
const tool = layers.indexOf('tool');
/** Siblings that are looked at; one request has one handling, so real ones are few. */
const maxSiblings = 16;

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
  let sibling = columns.firstChild[parent]!;
  for (let seen = 0; sibling !== -1 && seen < maxSiblings; seen++) {
    if (sibling === slot) return -1;
    if (columns.layer[sibling] === layer && isSame(index, sibling, slot)) return sibling;
    sibling = columns.next[sibling]!;
  }
  return -1;
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
