import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { eachSpan } from '../../core/exchange/eachSpan.js';
import { describeProblem, emptyReport, noteProblem } from '../../core/exchange/piece.js';
import { readPieces } from '../../core/exchange/readPieces.js';
import { attr } from '../../core/mcp/conventions.js';
import type { ImportResult } from '../../core/protocol.js';
import type { SpanRef } from '../../core/trace/model.js';
import { isProtocolMethod } from '../../core/trace/protocolCalls.js';
import type { Ingest } from '../ingest.js';

export interface ImportOptions {
  readonly signal?: AbortSignal;
  /** As a part of 1. */
  readonly onProgress?: (part: number) => void;
}

const shownProblems = 100;

/**
 * Reads a file of telemetry into a session: OTLP JSON, JSON lines, OTLP protobuf, Jaeger JSON or a
 * page that was exported, any of them gzipped. Every piece is committed on its own; what a
 * cancelled import had read by then stays.
 * @throws when the file cannot be read, or the signal's reason.
 */
export async function importFile(
  ingest: Ingest,
  path: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const report = emptyReport();
  const total = Math.max(1, (await stat(path)).size);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  let firstSpan: SpanRef | null = null;
  let isCall = false;
  const tell = (): void => options.onProgress?.(Math.min(1, file.bytesRead / total));
  const noteDamage = (): void => {
    const reason = 'the compressed file is cut off or damaged';
    noteProblem(report, { line: null, byte: file.bytesRead, reason });
  };
  try {
    for await (const piece of readPieces(unpacked(file, noteDamage), report, {
      ...(options.signal ? { signal: options.signal } : {}),
      onProgress: tell,
    })) {
      const [result] = ingest.receive([{ signal: piece.signal, body: piece.bytes }]);
      if (result instanceof Error) throw result;
      if (isCall || piece.signal !== 'traces') continue;
      // To show it is to show what it hides behind: a message of the protocol only when all are.
      for (const { traceId, spanId, attributes } of eachSpan(piece)) {
        isCall = !isProtocolMethod(attributes[attr.mcpMethod]);
        if (isCall || firstSpan === null) firstSpan = { traceId, spanId };
        if (isCall) break;
      }
    }
  } finally {
    file.destroy();
  }
  const { spans, logs, metrics, rejected } = report;
  const problems = report.problems.slice(0, shownProblems).map(describeProblem);
  return { spans, logs, metrics, rejected, problems, firstSpan };
}

/** The bytes of a file, unpacked when it is gzip; damage ends them, after all that was readable. */
async function* unpacked(
  file: AsyncIterable<Buffer>,
  noteDamage: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  const chunks = file[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  // An archive without its end gives what it has instead of an error.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  pipeline(Readable.from(all), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!isBadGzip(error)) throw error;
    noteDamage();
  }
}

function isBadGzip(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR';
}
