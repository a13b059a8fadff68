import { compileQuery } from '../../core/trace/queryCompile.js';
import { parseQuery } from '../../core/trace/queryParse.js';
import { flag } from '../../core/trace/spanColumns.js';
import { createQuerySource } from '../querySource.js';
import type { Session } from '../session.js';
import type { Chunk } from '../store.js';

/** The part of a session that is exported. */
export interface Selection {
  /** Whether the record at a range of a chunk's body belongs to it. */
  has(chunk: Chunk, from: number, to: number): boolean;
  readonly spans: number;
}

/** Without the search index: it may lag behind, and an export leaves nothing out. */
const everythingRead = { upTo: -1, holds: () => false, logHolds: () => false };

/**
 * One trace, or the spans that a query finds with all that is above and below them, so that what is
 * exported are whole calls. Null when nothing is left out.
 * @throws QueryError
 */
export function select(
  session: Session,
  { traceId, query }: { readonly traceId: string | null; readonly query: string },
): Selection | null {
  if (traceId === null && query.trim() === '') return null;
  const { index } = session;
  const { columns } = index;
  const chosen = new Uint8Array(index.size);
  const node = parseQuery(query);
  const matches =
    node.kind === 'all'
      ? () => true
      : compileQuery(node, createQuerySource(session, everythingRead));
  const trace = traceId === null ? -1 : index.findTrace(traceId);
  for (let slot = 0; slot < index.size; slot++) {
    if (!(columns.flags[slot]! & flag.present)) continue;
    if (traceId !== null && (trace === -1 || columns.trace[slot] !== trace)) continue;
    if (!matches(slot)) continue;
    chosen[slot] = 1;
  }
  addRelatives(session, chosen);
  const places = new Set<number>();
  let spans = 0;
  for (let slot = 0; slot < index.size; slot++) {
    if (!chosen[slot] || columns.chunk[slot]! < 0) continue;
    spans++;
    places.add(columns.chunk[slot]! * 2 ** 26 + columns.at[slot]!);
  }
  return {
    spans,
    has(chunk, from) {
      if (chunk.signal === 'traces') return places.has(chunk.id * 2 ** 26 + from);
      const span = session.logs.spanAt(chunk.id, from);
      const slot = span ? index.find(span) : -1;
      return slot !== -1 && chosen[slot] === 1;
    },
  };
}

/** Marks 2 what is above or below a match; the links of the index have no circles. */
function addRelatives(session: Session, chosen: Uint8Array): void {
  const { parent } = session.index.columns;
  const isBelow = new Int8Array(chosen.length).fill(-1);
  for (let slot = 0; slot < chosen.length; slot++) {
    const path: number[] = [];
    let at = slot;
    while (at !== -1 && isBelow[at] === -1 && chosen[at] !== 1) {
      path.push(at);
      at = parent[at]!;
    }
    const answer = at !== -1 && (chosen[at] === 1 || isBelow[at] === 1) ? 1 : 0;
    for (const below of path) isBelow[below] = answer;
  }
  for (let slot = 0; slot < chosen.length; slot++) {
    if (chosen[slot] !== 1) continue;
    for (let above = parent[slot]!; above !== -1 && chosen[above] === 0; above = parent[above]!) {
      chosen[above] = 2;
    }
  }
  for (let slot = 0; slot < chosen.length; slot++) {
    if (isBelow[slot] === 1) chosen[slot] ||= 2;
  }
}
