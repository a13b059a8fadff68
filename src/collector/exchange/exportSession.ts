import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { PieceSource } from '../../core/exchange/piece.js';
import { writeJsonLines, writeOtlpJson } from '../../core/exchange/writeJson.js';
import { writePage } from '../../core/exchange/writePage.js';
import { writeTraceEvents } from '../../core/exchange/writeTraceEvents.js';
import type { ExportFormat } from '../../core/protocol.js';
import type { Session } from '../session.js';
import { chunkSignals } from '../store.js';
import { readPageParts } from './pageParts.js';
import { select } from './selection.js';
import { storePieces } from './storePieces.js';

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly traceId: string | null;
  readonly query: string;
  /** `dist/webview`, for a page. */
  readonly pageDirectory: string;
  readonly signal?: AbortSignal;
  /** As a part of 1. */
  readonly onProgress?: (part: number) => void;
}

export interface Exported {
  readonly spans: number;
  readonly bytes: number;
}

/**
 * Writes a session, or a part of it, as text through `write`, which may wait.
 * @throws QueryError for a bad query, the signal's reason when it is cancelled.
 */
export async function exportSession(
  session: Session,
  options: ExportOptions,
  write: (text: string) => Promise<void>,
): Promise<Exported> {
  const selection = select(session, options);
  const last = session.store.lastChunk();
  const total = Math.max(1, selection?.spans ?? countSpans(session));
  // Two of the writers go through the spans twice.
  const passes = options.format === 'chrome' ? 2 : 1;
  let seen = 0;
  const source: PieceSource = async function* (signal) {
    for await (const piece of storePieces(session, signal, selection, last)) {
      options.signal?.throwIfAborted();
      yield piece;
      if (signal !== 'traces') continue;
      seen += piece.records;
      options.onProgress?.(Math.min(1, seen / total / passes));
    }
  };
  let bytes = 0;
  for await (const text of await writerFor(options, source)) {
    options.signal?.throwIfAborted();
    bytes += Buffer.byteLength(text);
    await write(text);
  }
  return { spans: seen / passes, bytes };
}

/** From the stores: a command that exports everything has not read them into an index. */
function countSpans({ stores }: Session): number {
  const query = 'SELECT coalesce(sum(records), 0) AS spans FROM chunks WHERE signal = ?';
  const traces = chunkSignals.indexOf('traces');
  return stores
    .map(({ database }) => Number(database.prepare(query).get(traces)?.spans))
    .reduce((sum, spans) => sum + spans, 0);
}

async function writerFor(
  { format, pageDirectory, traceId }: ExportOptions,
  source: PieceSource,
): Promise<AsyncIterable<string>> {
  switch (format) {
    case 'otlp-json':
      return writeOtlpJson(source);
    case 'jsonl':
      return writeJsonLines(source);
    case 'chrome':
      return writeTraceEvents(source);
    case 'html': {
      const title = traceId === null ? 'Spanpath traces' : `Spanpath trace ${traceId}`;
      return writePage(source, await readPageParts(pageDirectory, title));
    }
  }
}

/**
 * The same to a file, which appears whole or not at all, readable by its owner only.
 * @throws also when the file cannot be written.
 */
export async function exportToFile(
  session: Session,
  options: ExportOptions,
  path: string,
): Promise<Exported> {
  const partial = `${path}.part-${process.pid}`;
  const file = createWriteStream(partial, { mode: 0o600 });
  try {
    await once(file, 'open');
    const failed = once(file, 'error').then(([error]) => Promise.reject(error));
    failed.catch(() => {});
    const exported = await exportSession(session, options, async (text) => {
      if (!file.write(text)) await Promise.race([once(file, 'drain'), failed]);
    });
    await Promise.race([new Promise((done) => file.end(() => done(null))), failed]);
    await rename(partial, path);
    return exported;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}
