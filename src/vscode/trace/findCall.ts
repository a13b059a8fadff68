import type { TraceRequests, ViewSpec } from '../../core/protocol.js';
import type { SpanRef } from '../../core/trace/model.js';

interface Reader {
  request<M extends keyof TraceRequests & string>(
    method: M,
    params: TraceRequests[M]['params'],
  ): Promise<TraceRequests[M]['result']>;
}

/** A row that started this much before its request is still that request's: clocks are read apart. */
const toleranceMs = 50;
const shortAttempts = 8;
/** For a call that was just sent: it is found while it runs, and nobody waits for this. */
export const patientAttempts = 60;
const pauseMs = 150;

/** Words with special characters in the query language stand in quotes. */
export function quoteWord(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}

export function callQuery(server: string, name: string): string {
  return `server:${quoteWord(server)} tool:${quoteWord(name)}`;
}

/**
 * The newest call of that server and name, once its span is there: null when none that started at
 * `since` (Unix time, ms) or later arrives: within about a second, unless told to be patient.
 */
export async function findCall(
  reader: Reader,
  { server, name, since }: { server: string; name: string; since: number },
  attempts = shortAttempts,
): Promise<SpanRef | null> {
  const spec: ViewSpec = {
    query: `server:${quoteWord(server)}`,
    scope: { kind: 'session' },
    hiddenLayers: [],
    expandedByDefault: false,
    toggled: [],
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const { total } = await reader.request('rows/list', { spec, from: 0, count: 1 });
    const from = Math.max(0, total - 20);
    const page = await reader.request('rows/list', { spec, from, count: 20 });
    const originMs = Number(BigInt(page.originNanos) / 1_000_000n);
    const found = page.rows.findLast(
      (row) =>
        row.depth === 0 && row.name === name && originMs + row.start / 1e6 >= since - toleranceMs,
    );
    if (found) return { traceId: found.traceId, spanId: found.spanId };
  }
  return null;
}
