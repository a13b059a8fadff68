import { decodeText } from '../otlp/text.js';
import { noteProblem, type Piece, type ReadReport } from './piece.js';
import { JsonReader } from './readJson.js';
import { PageReader } from './readPage.js';
import { ProtobufReader } from './readProtobuf.js';

export interface ReadOptions {
  /** Ends the reading with the signal's reason; what was given out before stays given. */
  readonly signal?: AbortSignalLike;
  /** Called after each chunk with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

interface Reader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Reads a file of spans, logs or metrics: OTLP JSON (one object or a list), JSON lines, OTLP
 * protobuf, Jaeger JSON, or an HTML page that Spanpath exported. The format is told from the first
 * bytes. Memory stays at a few pieces, whatever the length; whatever cannot be read is counted and
 * placed in `report`, and all around it is given out.
 */
export async function* readPieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  report: ReadReport,
  options: ReadOptions = {},
): AsyncGenerator<Piece, void, void> {
  let ready: Piece[] = [];
  let reader: Reader | null = null;
  let head: Uint8Array = new Uint8Array();
  let bytesRead = 0;
  for await (const chunk of chunks) {
    options.signal?.throwIfAborted();
    bytesRead += chunk.length;
    if (reader) reader.push(chunk);
    else {
      head = joined(head, chunk);
      if (head.length < 64) continue;
      reader = readerFor(head, report, (piece) => ready.push(piece));
      reader?.push(head);
      if (!reader) return;
    }
    options.onProgress?.(bytesRead);
    const given = ready;
    ready = [];
    yield* given;
  }
  options.signal?.throwIfAborted();
  if (!reader) {
    if (head.length === 0) {
      noteProblem(report, { line: null, byte: 0, reason: 'the file is empty' });
      return;
    }
    reader = readerFor(head, report, (piece) => ready.push(piece));
    reader?.push(head);
  }
  reader?.end();
  options.onProgress?.(bytesRead);
  yield* ready;
}

function readerFor(
  head: Uint8Array,
  report: ReadReport,
  emit: (piece: Piece) => void,
): Reader | null {
  if (isUtf16(head)) {
    const reason = 'the file is UTF-16 text; save it as UTF-8';
    noteProblem(report, { line: 1, byte: 0, reason });
    return null;
  }
  if (/^\s*<(!doctype|html)/i.test(decodeText(head, 0, Math.min(64, head.length)))) {
    return new PageReader(new JsonReader(report, emit));
  }
  const isBinary = startsProtobuf(head, 0) || (head[0] !== 0x0a && startsProtobuf(head, 4));
  return isBinary ? new ProtobufReader(report, emit) : new JsonReader(report, emit);
}

function isUtf16(head: Uint8Array): boolean {
  const mark = (head[0] ?? 0) * 256 + (head[1] ?? 0);
  return mark === 0xfffe || mark === 0xfeff || (head[0] === 0x7b && head[1] === 0);
}

/**
 * Field 1 with a length, and in it a resource (its attributes or a count, or nothing), a scope
 * group or a schema URL. A JSON file may start with the same byte, a line feed.
 */
function startsProtobuf(head: Uint8Array, from: number): boolean {
  if (head[from] !== 0x0a) return false;
  let at = from + 1;
  while (at < head.length && at < from + 11 && head[at]! >= 0x80) at++;
  const inner = head[++at];
  if (inner !== 0x0a && inner !== 0x12 && inner !== 0x1a) return false;
  if (inner !== 0x0a) return true;
  at++;
  if (head[at] === 0) return true;
  while (at < head.length && at < from + 22 && head[at]! >= 0x80) at++;
  const attribute = head[at + 1];
  return attribute === 0x0a || attribute === 0x10;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
