import { EventEmitter } from 'node:events';
import { TraceBatch } from '../core/otlp/traceBatch.js';
import type { Span, SpanRef } from '../core/trace/model.js';
import { SpanIndex } from '../core/trace/spanIndex.js';
import { Definitions } from './definitions.js';
import { LiveCalls } from './liveCalls.js';
import { LogTable } from './logTable.js';
import { bytesAt, serverAt, slotOf, spanAt } from './spanAt.js';
import { Store } from './store.js';

export interface SessionEvents {
  /** Spans, calls or logs changed. */
  changed: [];
  problem: [message: string];
}

/**
 * What a collector knows: the store, the index over it, logs and running calls. When the file
 * fails (disk full, read-only), a store in memory takes over and the view goes on.
 */
export class Session extends EventEmitter<SessionEvents> {
  readonly index = new SpanIndex();
  readonly logs = new LogTable();
  readonly live: LiveCalls;
  readonly definitions: Definitions;
  readonly batch = new TraceBatch();
  /** Where new chunks go: the file, or memory after the file failed. */
  store: Store;
  /** The file that failed, still readable for what it holds. */
  private failed: Store | null = null;
  storeProblem: string | null = null;
  /** Records that were left out since the start. */
  rejected: { count: number; firstReason: string } = { count: 0, firstReason: '' };

  constructor(dbPath: string | null) {
    super();
    try {
      this.store = dbPath === null ? Store.inMemory() : Store.open(dbPath);
      this.storeProblem = this.store.repaired;
    } catch (error) {
      this.store = Store.inMemory();
      this.storeProblem = `traces are kept in memory only: ${messageOf(error)}`;
    }
    this.definitions = new Definitions(this.store);
    this.live = new LiveCalls(this.index, this.definitions);
    this.live.on('changed', () => this.emit('changed'));
  }

  /** Where chunks are, oldest first: the file that failed, if one did, and what took over. */
  get stores(): readonly Store[] {
    return this.failed ? [this.failed, this.store] : [this.store];
  }

  /** Encoded bytes of the span in a slot; null for running calls and placeholders. */
  readBytes(slot: number): Uint8Array | null {
    return bytesAt(this, slot);
  }

  readRecord(chunk: number, at: number, length: number): Uint8Array | null {
    return this.store.read(chunk, at, length) ?? this.failed?.read(chunk, at, length) ?? null;
  }

  readSpan(slot: number): Span | null {
    return spanAt(this, slot) ?? this.live.spanOf(slot);
  }

  serverName(slot: number): string {
    return serverAt(this, slot);
  }

  slotOf(span: SpanRef): number {
    return slotOf(this, span);
  }

  /** The file cannot be written: memory takes over, under the ids that the index has already. */
  takeOver(error: unknown): void {
    const next = Store.inMemory();
    this.failed ??= this.store;
    this.copyDefinitions(this.store, next);
    this.store = next;
    this.definitions.useStore(next);
    this.definitions.forgetIds();
    this.storeProblem = `traces are kept in memory only: ${messageOf(error)}`;
    this.emit('problem', this.storeProblem);
  }

  noteRejected(count: number, reason: string | null): void {
    if (count === 0) return;
    const { rejected } = this;
    this.rejected = {
      count: rejected.count + count,
      firstReason: rejected.firstReason || (reason ?? ''),
    };
    this.index.revision++;
    this.emit('changed');
  }

  private copyDefinitions(from: Store, to: Store): void {
    for (const kind of ['resources', 'scopes'] as const) {
      const insert = to.database.prepare(`INSERT OR IGNORE INTO ${kind}(id, body) VALUES (?, ?)`);
      for (const row of from.database.prepare(`SELECT id, body FROM ${kind}`).all()) {
        insert.run(row.id as number, row.body as Uint8Array);
      }
    }
    // Ids stay above those of chunks that were written and then undone.
    const last = from.lastChunk();
    to.searchedUpTo = last;
    to.database.exec(`INSERT INTO sqlite_sequence(name, seq) VALUES ('chunks', ${last + 1000})`);
  }

  clear(): void {
    this.store.clear();
    this.failed?.close();
    this.failed = null;
    this.index.clear();
    this.logs.clear();
    this.live.clear();
    this.emit('changed');
  }

  close(): void {
    this.store.close();
    this.failed?.close();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
