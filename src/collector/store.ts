import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { salvage } from './salvage.js';
import { migrate, readState, writeState } from './storeSchema.js';

/** Row ids of the search index that a chunk has. */
const textsOfChunk = 2 ** 27;

/** Which request a chunk came with. */
export const chunkSignals = ['traces', 'logs', 'metrics'] as const;
export type ChunkSignal = (typeof chunkSignals)[number];

/** Records of one resource and scope, as they came: the body of a `ScopeSpans` or its sisters. */
export interface Chunk {
  readonly id: number;
  readonly signal: ChunkSignal;
  readonly resource: number;
  readonly scope: number;
  readonly body: Uint8Array;
}

export interface OldChunk extends Chunk {
  readonly records: number;
  readonly bytes: number;
}

/**
 * The file of a session: a log of OTLP chunks, with resources and scopes kept once. Everything
 * else (trees, statistics, search) is derived from it. Several processes may hold one file open.
 */
export class Store {
  private readonly insertChunk: StatementSync;
  private readonly insertChunkAt: StatementSync;
  private readonly selectPart: StatementSync;
  private readonly selectBody: StatementSync;
  private readonly selectAfter: StatementSync;
  /** Bytes of all chunks, as far as this process knows. */
  bytes: number;
  /** Last chunk whose texts are in the search index. */
  searchedUpTo: number;

  private constructor(
    readonly database: DatabaseSync,
    /** Null when the store is in memory. */
    readonly path: string | null,
    /** What went wrong while opening and was repaired, for the user. */
    readonly repaired: string | null,
  ) {
    this.insertChunk = database.prepare(
      'INSERT INTO chunks(signal, resource, scope, received, records, bytes, body) VALUES (?,?,?,?,?,?,?)',
    );
    this.insertChunkAt = database.prepare(
      'INSERT INTO chunks(id, signal, resource, scope, received, records, bytes, body) VALUES (?,?,?,?,?,?,?,?)',
    );
    this.selectPart = database.prepare(
      'SELECT substr(body, ?, ?) AS part FROM chunks WHERE id = ?',
    );
    this.selectBody = database.prepare('SELECT body FROM chunks WHERE id = ?');
    this.selectAfter = database.prepare(
      'SELECT id, signal, resource, scope, body FROM chunks WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.bytes = Number(
      database.prepare('SELECT coalesce(sum(bytes), 0) AS bytes FROM chunks').get()?.bytes,
    );
    this.searchedUpTo = readState(database, 'searched');
  }

  static inMemory(): Store {
    const database = new DatabaseSync(':memory:');
    migrate(database);
    return new Store(database, null, null);
  }

  /**
   * Opens or creates a file. A torn file is put aside under a name of its own, never deleted.
   * @throws when there is no place to write.
   */
  static open(path: string): Store {
    createPrivately(path);
    try {
      return Store.openAsIs(path);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      return Store.replaceDamaged(path);
    }
  }

  private static openAsIs(path: string): Store {
    const database = new DatabaseSync(path, { timeout: 5_000 });
    try {
      // A chunk fills one page: that costs least to log and to read. Older files keep theirs.
      database.exec('PRAGMA page_size = 65536');
      // In pages: the log goes into the file every 16 MB.
      database.exec('PRAGMA wal_autocheckpoint = 256');
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = NORMAL');
      database.exec('PRAGMA cache_size = -8000');
      migrate(database);
      // A file that was closed in order is not looked through again.
      if (readState(database, 'clean') !== 1) {
        const [check] = database.prepare('PRAGMA quick_check(1)').all();
        if (check?.quick_check !== 'ok') throw new CorruptStore(String(check?.quick_check));
      }
      writeState(database, 'clean', 0);
      return new Store(database, path, null);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private static replaceDamaged(path: string): Store {
    const aside = `${path}.damaged-${Date.now()}`;
    renameSync(path, aside);
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    createPrivately(path);
    const { database } = Store.openAsIs(path);
    const saved = salvage(aside, database);
    return new Store(
      database,
      path,
      `the stored traces were damaged; ${saved} of their parts were saved, the damaged file is ${aside}`,
    );
  }

  /** Runs `work` in one transaction; whatever it throws undoes it. */
  transact<T>(work: () => T): T {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Returns the chunk's id; ids only grow, over all processes that write to the file. */
  append(chunk: Omit<Chunk, 'id'>, records: number): number {
    this.bytes += chunk.body.length;
    const { lastInsertRowid } = this.insertChunk.run(
      chunkSignals.indexOf(chunk.signal),
      chunk.resource,
      chunk.scope,
      Date.now(),
      records,
      chunk.body.length,
      chunk.body,
    );
    return Number(lastInsertRowid);
  }

  /** Appends under a given id, as when a chunk moves here from a store that failed. */
  appendAt(chunk: Chunk, records: number): void {
    this.bytes += chunk.body.length;
    const signal = chunkSignals.indexOf(chunk.signal);
    const { id, resource, scope, body } = chunk;
    this.insertChunkAt.run(id, signal, resource, scope, Date.now(), records, body.length, body);
  }

  /** Id of an encoded resource or scope, kept once. */
  internDefinition(kind: 'resources' | 'scopes', body: Uint8Array): number {
    const found = this.database.prepare(`SELECT id FROM ${kind} WHERE body = ?`).get(body);
    if (found) return Number(found.id);
    return Number(
      this.database.prepare(`INSERT INTO ${kind}(body) VALUES (?)`).run(body).lastInsertRowid,
    );
  }

  definition(kind: 'resources' | 'scopes', id: number): Uint8Array | null {
    const row = this.database.prepare(`SELECT body FROM ${kind} WHERE id = ?`).get(id);
    return row ? (row.body as Uint8Array) : null;
  }

  /** Bytes of one record, or null when its chunk is gone. */
  read(chunk: number, at: number, length: number): Uint8Array | null {
    const row = this.selectPart.get(at + 1, length, chunk);
    const part = row?.part;
    return part instanceof Uint8Array && part.length === length ? part : null;
  }

  body(chunk: number): Uint8Array | null {
    const row = this.selectBody.get(chunk);
    return row ? (row.body as Uint8Array) : null;
  }

  chunksAfter(id: number, limit: number): Chunk[] {
    return this.selectAfter.all(id, limit).map(toChunk);
  }

  oldestChunks(limit: number): OldChunk[] {
    return this.database
      .prepare(
        'SELECT id, signal, resource, scope, records, bytes, body FROM chunks ORDER BY id LIMIT ?',
      )
      .all(limit)
      .map((row) => ({ ...toChunk(row), records: Number(row.records), bytes: Number(row.bytes) }));
  }

  /** Ids of chunks received before a time in ms, oldest first. */
  chunksBefore(received: number, limit: number): Chunk[] {
    return this.database
      .prepare(
        'SELECT id, signal, resource, scope, body FROM chunks WHERE received < ? ORDER BY id LIMIT ?',
      )
      .all(received, limit)
      .map(toChunk);
  }

  /** Deletes chunks and their texts. */
  deleteChunks(chunks: readonly Chunk[]): void {
    const statement = this.database.prepare('DELETE FROM chunks WHERE id = ?');
    // A range of the search index is found by its table of lengths; itself it would be scanned.
    const rows = this.database.prepare('SELECT id FROM search_docsize WHERE id >= ? AND id < ?');
    const dropText = this.database.prepare('DELETE FROM search WHERE rowid = ?');
    for (const { id, body, signal } of chunks) {
      statement.run(id);
      if (signal !== 'metrics' && id <= this.searchedUpTo) {
        for (const row of rows.all(id * textsOfChunk, (id + 1) * textsOfChunk)) {
          dropText.run(row.id as number);
        }
      }
      this.bytes -= body.length;
    }
  }

  /** Adds texts to the search index, which then covers all chunks up to one. */
  addTexts(texts: readonly { readonly row: number; readonly text: string }[], upTo: number): void {
    this.transact(() => {
      const insert = this.database.prepare(
        'INSERT OR REPLACE INTO search(rowid, text) VALUES (?, ?)',
      );
      for (const { row, text } of texts) insert.run(row, text);
      writeState(this.database, 'searched', upTo);
    });
    this.searchedUpTo = upTo;
  }

  /** Rows whose text holds `text`, in any case; at least three characters. */
  search(text: string, limit: number): number[] {
    return this.database
      .prepare('SELECT rowid FROM search WHERE search MATCH ? LIMIT ?')
      .all(`"${text.replaceAll('"', '""')}"`, limit)
      .map((row) => Number(row.rowid));
  }

  lastChunk(): number {
    return Number(
      this.database.prepare('SELECT coalesce(max(id), 0) AS last FROM chunks').get()?.last,
    );
  }

  /** Changes when another connection has written. */
  dataVersion(): number {
    return Number(this.database.prepare('PRAGMA data_version').get()?.data_version ?? 0);
  }

  clear(): void {
    const last = this.lastChunk();
    this.transact(() => {
      this.database.exec('DELETE FROM chunks');
      this.database.exec("INSERT INTO search(search) VALUES ('delete-all')");
      writeState(this.database, 'searched', last);
    });
    this.bytes = 0;
    this.searchedUpTo = last;
  }

  close(): void {
    if (!this.database.isOpen) return;
    if (this.path !== null) {
      try {
        writeState(this.database, 'clean', 1);
      } catch {
        // A disk that is full: the file is looked through at the next start.
      }
    }
    this.database.close();
  }
}

/** Before SQLite does, whose journal and memory files take over the rights of the file. */
function createPrivately(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
}

class CorruptStore extends Error {}

function isCorrupt(error: unknown): boolean {
  if (error instanceof CorruptStore) return true;
  const code = (error as { errcode?: number }).errcode;
  // SQLITE_CORRUPT, SQLITE_NOTADB
  return code !== undefined && ((code & 0xff) === 11 || (code & 0xff) === 26);
}

function toChunk(row: Record<string, unknown>): Chunk {
  return {
    id: Number(row.id),
    signal: chunkSignals[Number(row.signal)] ?? 'traces',
    resource: Number(row.resource),
    scope: Number(row.scope),
    body: row.body as Uint8Array,
  };
}
