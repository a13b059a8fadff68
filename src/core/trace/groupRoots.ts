import { layers } from './model.js';
import { isError } from './queryCompile.js';
import { flag } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

/** Top-level trees gathered under one header. */
export interface RootGroup {
  readonly key: string;
  readonly label: string;
  readonly server: string;
  readonly tops: number[];
  readonly errors: number;
}

const workflow = layers.indexOf('workflow');
const agent = layers.indexOf('agent');

/** Groups in the order of their first tree. */
export function groupRoots(
  index: SpanIndex,
  tops: readonly number[],
  by: 'server' | 'tool' | 'trace' | 'run',
  serverName: (slot: number) => string,
): RootGroup[] {
  const groups = new Map<string, { -readonly [K in keyof RootGroup]: RootGroup[K] }>();
  for (const top of tops) {
    const slot = leadOf(index, top);
    const { key, label } = nameGroup(index, slot, by, serverName);
    let group = groups.get(key);
    if (!group) {
      group = { key, label, server: serverName(slot), tops: [], errors: 0 };
      groups.set(key, group);
    }
    group.tops.push(top);
    if (isError(index, slot)) group.errors++;
  }
  return [...groups.values()];
}

/** The first span of a tree that has arrived. */
export function leadOf(index: SpanIndex, top: number): number {
  const { flags, firstChild } = index.columns;
  let slot = top;
  while (!(flags[slot]! & flag.present) && firstChild[slot] !== -1) slot = firstChild[slot]!;
  return slot;
}

function nameGroup(
  index: SpanIndex,
  slot: number,
  by: 'server' | 'tool' | 'trace' | 'run',
  serverName: (slot: number) => string,
): { key: string; label: string } {
  const { columns, names } = index;
  switch (by) {
    case 'server': {
      const name = serverName(slot);
      return { key: name, label: name || 'unknown' };
    }
    case 'tool': {
      const name = names.text(
        columns.target[slot] || columns.method[slot] || columns.name[slot] || 0,
      );
      return { key: name, label: name };
    }
    case 'trace': {
      const { traceId } = index.refOf(slot);
      return { key: traceId, label: traceId };
    }
    case 'run': {
      const run = runOf(index, slot);
      if (run === -1) return { key: '', label: 'no agent run' };
      const { traceId } = index.refOf(run);
      return { key: traceId, label: names.text(columns.name[run]!) };
    }
  }
}

/** The outermost workflow or agent span among the roots of a slot's trace, or -1. */
function runOf(index: SpanIndex, slot: number): number {
  const { columns, traces } = index;
  for (
    let root = traces.firstRoot[columns.trace[slot]!]!;
    root !== -1;
    root = columns.next[root]!
  ) {
    const lead = leadOf(index, root);
    if (columns.layer[lead] === workflow || columns.layer[lead] === agent) return lead;
  }
  return -1;
}
