import type { SpanDetails, SpanRow } from '../core/protocol.js';
import type { Rows } from './rows.js';

const partLabels = {
  wait: 'Client, waiting',
  wire: 'Wire',
  server: 'Server, around the handler',
  handler: 'Handler',
  children: 'Called by the handler',
  gap: 'Not accounted for',
} as const;

/** Rows below a call that are looked through for the names of what it called. */
const mostRows = 60;
const mostNames = 2;
const chain: readonly string[] = ['tool', 'mcp-client', 'wire', 'mcp-server'];

/** The parts of a row's time, in words; what the handler called is named where it is known. */
export function timingOf(rows: Rows, row: SpanRow): SpanDetails['timing'] {
  const called = row.parts.some(({ kind }) => kind === 'children') ? rowsBelow(rows, row) : [];
  return row.parts.map(({ kind, start, duration }) => {
    const label = partLabels[kind];
    if (kind !== 'children') return { label, start, duration };
    const names = namesWithin(called, start, start + duration);
    return { label: names ? `${label}: ${names}` : label, start, duration };
  });
}

/** With times as those of the row's parts. */
function rowsBelow(rows: Rows, { traceId, spanId, start }: SpanRow): SpanRow[] {
  const scope = { kind: 'span', traceId, spanId } as const;
  const spec = { query: '', scope, hiddenLayers: [], expandedByDefault: true, toggled: [] };
  const [own, ...below] = rows.list(spec, 0, mostRows).rows;
  const offset = start - (own?.start ?? start);
  return below.map((each) => ({ ...each, start: each.start + offset }));
}

/** The outermost rows that lie in a stretch, links of the call itself apart. */
function namesWithin(rows: readonly SpanRow[], from: number, to: number): string {
  const names: string[] = [];
  let inside = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > inside) continue;
    inside = Number.POSITIVE_INFINITY;
    const isLink = chain.includes(row.layer) || (row.name === 'handler' && row.descendants > 0);
    if (isLink || row.start < from || row.start >= to) continue;
    inside = row.depth;
    names.push(row.name);
  }
  const more = names.length - mostNames;
  const shown = names.slice(0, mostNames).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
