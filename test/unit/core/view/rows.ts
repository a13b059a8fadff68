/** Rows for tests, from the little that matters in them. */
import type { SpanRow } from '../../../../src/core/protocol.js';

export function rowAt(depth: number, shape: Partial<SpanRow> = {}): SpanRow {
  const spanId = shape.spanId ?? 'a'.repeat(16);
  const traceId = shape.traceId ?? 'b'.repeat(32);
  return {
    id: `${traceId}:${spanId}`,
    traceId,
    spanId,
    depth,
    descendants: 0,
    expanded: true,
    placeholder: false,
    layer: 'internal',
    name: 'work',
    detail: '',
    server: '',
    start: 0,
    duration: 10,
    status: 0,
    outcome: null,
    parts: [],
    marks: [],
    critical: false,
    ...shape,
  };
}

/** Depths of a tree in its order, each at most one deeper than the one before. */
export function rowsOf(depths: readonly number[]): SpanRow[] {
  let before = -1;
  return depths.map((wanted, at) => {
    const depth = Math.min(wanted, before + 1);
    before = depth;
    return rowAt(depth, { spanId: at.toString(16).padStart(16, '0'), id: `row ${at}` });
  });
}
