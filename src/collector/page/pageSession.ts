import { TraceBatch } from '../../core/otlp/traceBatch.js';
import type { Span, SpanRef } from '../../core/trace/model.js';
import { SpanIndex } from '../../core/trace/spanIndex.js';
import { Definitions } from '../definitions.js';
import { Ingest } from '../ingest.js';
import { LogTable } from '../logTable.js';
import { createQueries } from '../queries.js';
import type { Session } from '../session.js';
import { bytesAt, serverAt, slotOf, spanAt } from '../spanAt.js';
import type { Store } from '../store.js';
import { PageStore } from './pageStore.js';

/** Nothing of a page is indexed for search: its bytes are in memory and are read. */
const unindexed = { upTo: -1, holds: () => false, logHolds: () => false };

/**
 * What a `Session` is to a collector, without a database, a live channel or Node: the same index,
 * the same queries, over the spans of a page.
 */
export class PageSession {
  readonly store = new PageStore();
  readonly index = new SpanIndex();
  readonly logs = new LogTable();
  readonly definitions = new Definitions(this.store as unknown as Store);
  readonly batch = new TraceBatch();
  readonly live = { size: 0, spanOf: () => null };
  readonly storeProblem = null;

  readBytes(slot: number): Uint8Array | null {
    return bytesAt(this, slot);
  }

  readRecord(chunk: number, at: number, length: number): Uint8Array | null {
    return this.store.read(chunk, at, length);
  }

  readSpan(slot: number): Span | null {
    return spanAt(this, slot);
  }

  serverName(slot: number): string {
    return serverAt(this, slot);
  }

  slotOf(span: SpanRef): number {
    return slotOf(this, span);
  }

  /** Nobody listens: the page tells its view itself. */
  emit(): boolean {
    return false;
  }
}

/** The session of a page, its queries, and the way in for its pieces. */
export function openPageSession() {
  // The members that queries and ingest use are all here; the rest belongs to a running collector.
  const session = new PageSession() as unknown as Session;
  return { ingest: new Ingest(session), queries: createQueries(session, unindexed) };
}
