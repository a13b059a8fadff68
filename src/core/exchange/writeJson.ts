import { readMessage, type WireObject } from '../otlp/readMessage.js';
import { signals } from '../otlp/schema.js';
import { WireReader } from '../otlp/wireReader.js';
import type { Piece, PieceSource } from './piece.js';

/** A piece in the shape of OTLP's JSON encoding: `{ resourceSpans: […] }` or one of its sisters. */
export function toJsonShape(piece: Piece): WireObject {
  const { request } = signals[piece.signal];
  return readMessage(request, new WireReader(piece.bytes), piece.bytes.length);
}

/**
 * OTLP JSON as one object: the spans where every reader of `TracesData` looks for them, logs and
 * metrics beside them, where readers that do not know them look away.
 */
export async function* writeOtlpJson(source: PieceSource): AsyncGenerator<string, void, void> {
  let opened = false;
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const member = signals[signal].request.byNumber[1]!.name;
    let inList = false;
    for await (const piece of source(signal)) {
      for (const group of (toJsonShape(piece)[member] as WireObject[] | undefined) ?? []) {
        const start = opened ? `${inList ? '' : '],'}` : '{';
        yield `${start}${inList ? ',\n' : `"${member}":[\n`}${JSON.stringify(group)}`;
        opened = true;
        inList = true;
      }
    }
  }
  yield opened ? ']}\n' : '{"resourceSpans":[]}\n';
}

/** JSON lines, as the OpenTelemetry Collector's file exporter writes them: one request a line. */
export async function* writeJsonLines(source: PieceSource): AsyncGenerator<string, void, void> {
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    for await (const piece of source(signal)) yield `${JSON.stringify(toJsonShape(piece))}\n`;
  }
}
