import type { Collector } from '../../src/collector/collector.js';
import { storePieces } from '../../src/collector/exchange/storePieces.js';
import { toJsonShape } from '../../src/core/exchange/writeJson.js';

export interface StoredRecord {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly resource: unknown;
  readonly scope: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever a sender sent.
  readonly record: any;
}

/** Every record that a collector stored, in the shape of OTLP JSON. */
export async function stored({ session }: Pick<Collector, 'session'>): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const last = session.store.lastChunk();
    for await (const piece of storePieces(session, signal, null, last)) {
      // biome-ignore lint/suspicious/noExplicitAny: the shape is OTLP's.
      for (const group of Object.values(toJsonShape(piece)).flat() as any[]) {
        for (const scoped of group.scopeSpans ?? group.scopeLogs ?? group.scopeMetrics) {
          for (const record of scoped.spans ?? scoped.logRecords ?? scoped.metrics) {
            records.push({ signal, resource: group.resource, scope: scoped.scope, record });
          }
        }
      }
    }
  }
  return records;
}
