import { decodeRecords, type RecordGroup } from '../core/otlp/decodeRecords.js';
import { decodeSpans, decodeTraces } from '../core/otlp/decodeTraces.js';
import { decodeLogRecord } from '../core/otlp/reviveSpan.js';
import type { TraceBatch } from '../core/otlp/traceBatch.js';
import { WireError } from '../core/otlp/wireReader.js';
import type { LateParents } from './lateParents.js';
import type { Session } from './session.js';
import type { Chunk, ChunkSignal } from './store.js';

/**
 * SQLite reads the whole of a blob for any part of it, so a chunk is no larger than what one of
 * its pages of 64 KB holds beside the other columns. One big record is one chunk.
 */
const maxChunkBytes = 63 * 1024;

/** What became of one request. */
export interface Received {
  readonly accepted: number;
  readonly rejected: number;
  readonly firstReason: string | null;
}

export interface IngestRequest {
  readonly signal: ChunkSignal;
  readonly body: Uint8Array;
  /** We made the body ourselves, from JSON that was checked. */
  readonly wellFormed?: boolean;
}

/** Called with every chunk that was kept, e.g. to forward it. */
export type ChunkListener = (chunk: Chunk, records: number) => void;

/**
 * From bytes to store, index and logs. One call is one transaction over many requests: when it
 * returns, everything in it is committed (or in memory, after the file failed).
 */
export class Ingest {
  private readonly kept: { chunk: Chunk; records: number }[] = [];
  onDidKeep: ChunkListener | null = null;
  /** Keeps back what should not be shown before its caller; null where nobody watches. */
  lateParents: LateParents | null = null;
  /** Highest chunk this process wrote or loaded. */
  lastChunk = 0;
  /** Chunks written here since another process was last looked for. */
  private readonly own = new Set<number>();

  constructor(private readonly session: Session) {}

  /** Each request answers on its own: a `WireError` in one leaves the others alone. */
  receive(requests: readonly IngestRequest[]): (Received | Error)[] {
    this.kept.length = 0;
    const results: (Received | Error)[] = [];
    const work = (): void => {
      for (let next = results.length; next < requests.length; next++) {
        results.push(this.tryOne(requests[next]!));
      }
    };
    try {
      this.session.store.transact(work);
    } catch (error) {
      // What the index holds already must be readable: it goes where the rest will go.
      this.session.takeOver(error);
      for (const { chunk, records } of this.kept) this.session.store.appendAt(chunk, records);
      work();
    }
    if (this.onDidKeep) for (const { chunk, records } of this.kept) this.onDidKeep(chunk, records);
    if (this.kept.length > 0) this.session.emit('changed');
    return results;
  }

  /**
   * Indexes a chunk that is in the store: at the start, or when another process wrote it. False
   * when its bytes are damaged.
   */
  load(chunk: Chunk): boolean {
    this.lastChunk = Math.max(this.lastChunk, chunk.id);
    try {
      if (chunk.signal === 'traces') this.loadSpans(chunk);
      else if (chunk.signal === 'logs') {
        this.indexLogs(decodeRecords('logs', chunk.body, 'scoped').groups[0], chunk, chunk.body, 0);
      }
      return true;
    } catch (error) {
      if (error instanceof WireError) return false;
      throw error;
    }
  }

  private loadSpans(chunk: Chunk): void {
    const { batch, index, definitions } = this.session;
    decodeSpans(chunk.body, index.names, batch);
    index.classifier.scopeName = definitions.scope(chunk.scope).name;
    definitions.resource(chunk.resource);
    for (let row = 0; row < batch.count; row++) {
      const at = batch.places[row * 2]!;
      const { id, resource, scope } = chunk;
      index.add(batch, row, { chunk: id, at, resource, scope });
    }
  }

  /** For the findings; the sender is told by its answer. */
  noteRejected({ rejected, firstReason }: Received): void {
    this.session.noteRejected(rejected, firstReason);
  }

  /** Whether this process wrote a chunk; asked once for each. */
  isOwn(chunk: number): boolean {
    return this.own.delete(chunk);
  }

  /** Nobody else has written: there is nothing to tell apart. */
  forgetOwn(): void {
    this.own.clear();
  }

  private tryOne(request: IngestRequest): Received | Error {
    try {
      return request.signal === 'traces'
        ? this.traces(request)
        : this.records(request.signal, request.body);
    } catch (error) {
      if (error instanceof WireError) return error;
      throw error;
    }
  }

  private traces({ body, wellFormed = false }: IngestRequest): Received {
    const { session } = this;
    const { batch, index, definitions } = session;
    decodeTraces(body, index.names, batch, { wellFormed });
    for (const group of batch.groups) {
      const resource = definitions.idOf('resources', body, ...group.resource);
      const scope = definitions.idOf('scopes', body, ...group.scope);
      definitions.resource(resource);
      index.classifier.scopeName = definitions.scope(scope).name;
      for (let first = group.first; first < group.last; ) {
        const last = endOfChunk(batch, first, group.last);
        this.keepSpans(first, last, resource, scope);
        first = last;
      }
    }
    return { accepted: batch.count, rejected: batch.rejected, firstReason: batch.firstReason };
  }

  private keepSpans(first: number, last: number, resource: number, scope: number): void {
    const { batch, index } = this.session;
    const part = partOf(batch, first, last);
    const chunk = this.append({ signal: 'traces', resource, scope, body: part.body }, last - first);
    const where = { chunk, at: 0, resource, scope };
    for (let row = first; row < last; row++) {
      where.at = part.placeOf(row);
      const known = index.spans;
      const slot = index.add(batch, row, where);
      // What stands already, as a call that ran, is not taken away again.
      if (index.spans > known) this.lateParents?.note(slot);
    }
  }

  private records(signal: 'logs' | 'metrics', body: Uint8Array): Received {
    const { definitions } = this.session;
    const decoded = decodeRecords(signal, body, 'request');
    for (const group of decoded.groups) {
      const resource = definitions.idOf('resources', body, ...group.resource);
      definitions.resource(resource);
      const scope = definitions.idOf('scopes', body, ...group.scope);
      for (const part of splitRecords(group)) {
        const chunk = { signal, resource, scope, body: body.subarray(...part.range) };
        const id = this.append(chunk, part.records.length);
        if (signal === 'logs') this.indexLogs(part, { ...chunk, id }, body, part.range[0]);
      }
    }
    const { accepted, rejected, firstReason } = decoded;
    return { accepted, rejected, firstReason };
  }

  private append(chunk: Omit<Chunk, 'id'>, records: number): number {
    const id = this.session.store.append(chunk, records);
    this.kept.push({ chunk: { ...chunk, id }, records });
    this.lastChunk = Math.max(this.lastChunk, id);
    if (this.session.store.path !== null) this.own.add(id);
    return id;
  }

  private indexLogs(
    group: RecordGroup | undefined,
    chunk: Chunk,
    bytes: Uint8Array,
    base: number,
  ): void {
    const { definitions, logs, index } = this.session;
    const scope = definitions.scope(chunk.scope);
    for (const [from, to] of group?.records ?? []) {
      const log = decodeLogRecord(bytes.subarray(from, to), {}, scope);
      const { traceId, spanId } = log;
      const span = traceId !== undefined && spanId !== undefined ? { traceId, spanId } : null;
      logs.add({
        chunk: chunk.id,
        at: from - base,
        length: to - from,
        resource: chunk.resource,
        scope: chunk.scope,
        timeNanos: log.timeNanos,
        eventName: log.eventName,
        severityNumber: log.severityNumber,
        span,
      });
      const slot = span ? index.find(span) : -1;
      if (slot !== -1) index.changed(slot);
      else index.revision++;
    }
  }
}

/** The row after the last one that a chunk takes which starts at `first`. */
function endOfChunk(batch: TraceBatch, first: number, last: number): number {
  const { places } = batch;
  const start = places[first * 2]!;
  let row = first + 1;
  while (row < last && places[row * 2]! + places[row * 2 + 1]! - start <= maxChunkBytes) row++;
  return row;
}

/** A group in parts of a chunk's size. */
function splitRecords({ resource, scope, records, range }: RecordGroup): RecordGroup[] {
  const parts: RecordGroup[] = [];
  let start = range[0];
  let first = 0;
  for (let next = 1; next <= records.length; next++) {
    const end = records[next - 1]![1];
    const isFull = next < records.length && records[next]![1] - start > maxChunkBytes;
    if (next < records.length && !isFull) continue;
    parts.push({ resource, scope, range: [start, end], records: records.slice(first, next) });
    start = end;
    first = next;
  }
  return parts;
}

/** The bytes of a run of spans, as they came when nothing between them was rejected. */
function partOf(
  batch: TraceBatch,
  first: number,
  last: number,
): { body: Uint8Array; placeOf: (row: number) => number } {
  const { places, bytes } = batch;
  const start = batch.startOfRecord(first);
  const end = places[last * 2 - 2]! + places[last * 2 - 1]!;
  if (batch.rejected === 0) {
    return { body: bytes.subarray(start, end), placeOf: (row) => places[row * 2]! - start };
  }
  const pieces: Uint8Array[] = [];
  const at: number[] = [];
  let length = 0;
  for (let row = first; row < last; row++) {
    const from = batch.startOfRecord(row);
    const to = places[row * 2]! + places[row * 2 + 1]!;
    at.push(length + places[row * 2]! - from);
    pieces.push(bytes.subarray(from, to));
    length += to - from;
  }
  const body = new Uint8Array(length);
  let to = 0;
  for (const piece of pieces) {
    body.set(piece, to);
    to += piece.length;
  }
  return { body, placeOf: (row) => at[row - first]! };
}
