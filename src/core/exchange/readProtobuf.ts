import { type Signal, signals } from '../otlp/schema.js';
import { decodeText } from '../otlp/text.js';
import { validateMessage } from '../otlp/validate.js';
import { WireError, WireReader } from '../otlp/wireReader.js';
import { GrowingBytes } from './growingBytes.js';
import { countOf, noteProblem, type Piece, type ReadReport } from './piece.js';
import { PieceBuilder } from './pieceBuilder.js';
import { signalOfRecord } from './signalOfRecord.js';

/** Everything of one resource in a row; more than this is left out. */
const maxGroupBytes = 256 * 1024 * 1024;
/** Tag and length of a field, at most. */
const maxFieldHead = 20;

/**
 * Reads OTLP protobuf: `TracesData`, `LogsData` or `MetricsData` as it is, or many of them, each
 * behind its length in four bytes (big endian), as the OpenTelemetry Collector's file exporter
 * writes them. Which signal it is shows in the records.
 */
export class ProtobufReader {
  private readonly buffer = new GrowingBytes();
  private readonly builders = new Map<Signal['path'], PieceBuilder>();
  /** Bytes of the file before those in `buffer`. */
  private consumed = 0;
  /** Bytes left in the current frame; null where there are no frames. */
  private frame: number | null | undefined;
  private skipping = 0;
  private broken = false;

  constructor(
    private readonly report: ReadReport,
    private readonly emit: (piece: Piece) => void,
  ) {}

  push(chunk: Uint8Array): void {
    if (this.broken) return;
    this.buffer.add(chunk, 0, chunk.length);
    this.drain(false);
  }

  end(): void {
    if (!this.broken) this.drain(true);
    if (!this.broken && (this.buffer.length > 0 || this.skipping > 0)) {
      this.problem(this.consumed, 'the file ends inside a message');
    }
    for (const builder of this.builders.values()) builder.finish();
  }

  private drain(last: boolean): void {
    const bytes = this.buffer.asBytes();
    let at = Math.min(this.skipping, bytes.length);
    this.skipping -= at;
    try {
      while (at < bytes.length && this.skipping === 0) {
        const next = this.field(bytes, at, last);
        if (next === at) break;
        at = next;
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.problem(this.consumed + at, error.message);
      this.broken = true;
    }
    this.consumed += at;
    this.buffer.dropFirst(at);
  }

  /** Reads one field (or the length of a frame); answers `from` when it is not here wholly. */
  private field(bytes: Uint8Array, from: number, last: boolean): number {
    if (bytes.length - from < maxFieldHead && !last) return from;
    let at = from;
    if (this.frame === undefined) this.frame = bytes[from] === 0x0a ? null : 0;
    if (this.frame === 0) {
      if (bytes.length - from < 4) return from;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      this.frame = view.getUint32(from);
      return from + 4;
    }
    const reader = new WireReader(bytes);
    reader.at = from;
    const tag = reader.varint();
    if ((tag & 7) !== 2) {
      reader.skip(tag & 7);
      at = reader.at;
    } else {
      const length = reader.varint();
      const end = reader.at + length;
      if (this.frame !== null && end - from > this.frame) {
        throw new WireError('a length reaches past its message');
      }
      if (length > maxGroupBytes) {
        this.problem(this.consumed + from, 'a resource with its records is too large');
        this.skipping = end - bytes.length;
        this.leaveFrame(end - from);
        return bytes.length;
      }
      if (end > bytes.length) return from;
      if (tag === 0x0a) this.group(bytes, reader.at, end);
      at = end;
    }
    this.leaveFrame(at - from);
    return at;
  }

  private leaveFrame(count: number): void {
    if (this.frame) this.frame -= count;
  }

  /** One `ResourceSpans`, `ResourceLogs` or `ResourceMetrics`. */
  private group(bytes: Uint8Array, from: number, to: number): void {
    try {
      let resource: Uint8Array | null = null;
      let schema = '';
      const scoped: (readonly [number, number])[] = [];
      eachField(bytes, from, to, (field, start, end) => {
        if (field === 1) resource = bytes.slice(start, end);
        else if (field === 2) scoped.push([start, end]);
        else if (field === 3) schema = decodeText(bytes, start, end);
      });
      for (const [start, end] of scoped) this.scoped(bytes, start, end, resource, schema);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.problem(this.consumed + from, error.message);
    }
  }

  private scoped(
    bytes: Uint8Array,
    from: number,
    to: number,
    resource: Uint8Array | null,
    groupSchema: string,
  ): void {
    let scope: Uint8Array | null = null;
    let schema = '';
    const records: (readonly [number, number])[] = [];
    eachField(bytes, from, to, (field, start, end) => {
      if (field === 1) scope = bytes.slice(start, end);
      else if (field === 2) records.push([start, end]);
      else if (field === 3) schema = decodeText(bytes, start, end);
    });
    const first = records[0];
    if (!first) return;
    const signal = signalOfRecord(bytes, first[0], first[1]);
    const builder = this.builderOf(signal);
    builder.openGroup();
    builder.setEncodedResource(resource ?? new Uint8Array());
    builder.setGroupSchema(groupSchema);
    builder.openScoped();
    builder.setEncodedScope(scope ?? new Uint8Array());
    builder.setScopedSchema(schema);
    for (const [start, end] of records) {
      try {
        checkRecord(signal, bytes, start, end);
        builder.addEncoded(bytes.subarray(start, end));
        this.report[countOf[signal]]++;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.problem(this.consumed + start, error.message);
      }
    }
    builder.closeScoped();
    builder.closeGroup();
  }

  private builderOf(signal: Signal['path']): PieceBuilder {
    const known = this.builders.get(signal);
    if (known) return known;
    const builder = new PieceBuilder(signal, this.emit);
    this.builders.set(signal, builder);
    return builder;
  }

  private problem(byte: number, reason: string): void {
    noteProblem(this.report, { line: null, byte, reason });
  }
}

/** Visits the length-delimited fields of a message. */
export function eachField(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (field: number, start: number, end: number) => void,
): void {
  const reader = new WireReader(bytes);
  reader.at = from;
  reader.end = to;
  while (reader.at < to) {
    const tag = reader.varint();
    if ((tag & 7) !== 2) {
      reader.skip(tag & 7);
      continue;
    }
    const end = reader.lengthEnd();
    visit(Math.floor(tag / 8), reader.at, end);
    reader.at = end;
  }
}

function checkRecord(signal: Signal['path'], bytes: Uint8Array, from: number, to: number): void {
  const reader = new WireReader(bytes);
  reader.at = from;
  validateMessage(signals[signal].record, reader, to);
  if (signal !== 'traces') return;
  const lengths = [0, 0];
  eachField(bytes, from, to, (field, start, end) => {
    if (field === 1 || field === 2) {
      lengths[field - 1] = bytes.subarray(start, end).some((byte) => byte !== 0) ? end - start : 0;
    }
  });
  if (lengths[0] !== 16) throw new WireError('traceId is missing, zero or not of 16 bytes');
  if (lengths[1] !== 8) throw new WireError('spanId is missing, zero or not of 8 bytes');
}
