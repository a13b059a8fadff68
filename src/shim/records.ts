/**
 * What the forwarding thread tells the telemetry thread: copies of bytes with a time, packed into
 * blocks that change hands without being copied again.
 *
 * A record: u32 payload size, u32 number of contexts, u16 kind, u16 conversation, f64 time (ms since
 * the epoch), f64 number; then the contexts (24 bytes of ids each, zeros for none), then the payload.
 */
import { idBytes } from '../core/mcp/traceContext.js';
import type { SpanRef } from '../core/trace/model.js';

export const recordKinds = {
  /** One message of the client; `number` is its size on the wire. */
  clientLine: 0,
  /** The end of a client's line that was too long, follows its `clientLine`. */
  clientTail: 1,
  /** Bytes of the server, as they came. */
  serverBytes: 2,
  /** `number` bytes of the server's present line were not copied. */
  serverElided: 3,
  /** Bytes of the server's stderr. */
  stderrBytes: 4,
  /** Records were lost: `number` bytes. */
  lost: 5,
  /** A `ControlMessage` as JSON. */
  control: 6,
  /** Bytes of an HTTP response; the number of its stream stands in `conversation`. */
  streamBytes: 7,
  /** Whole lines of the client, as they came together. */
  clientLines: 8,
} as const;
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

/** One record as it is written. */
export interface Draft {
  readonly kind: RecordKind;
  readonly conversation: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: number;
  readonly number: number;
  /** The payload is `bytes` from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The ids that the requests in the payload were given, or null. */
  readonly contexts: Buffer | null;
}

/** One record as it is read. */
export interface ShimRecord {
  readonly kind: RecordKind;
  readonly conversation: number;
  readonly time: number;
  readonly number: number;
  /** What the next request in the payload was given; null for one that was given nothing. */
  readonly nextContext: () => SpanRef | null;
  readonly payload: Buffer;
}

export const headerBytes = 28;

export function sizeOfDraft(draft: Draft): number {
  return headerBytes + (draft.contexts?.length ?? 0) + draft.end - draft.start;
}

/** Returns the offset after the record. */
export function writeRecord(block: Buffer, view: DataView, at: number, draft: Draft): number {
  const { contexts, start, end } = draft;
  view.setUint32(at, end - start, true);
  view.setUint32(at + 4, contexts ? contexts.length / idBytes : 0, true);
  view.setUint16(at + 8, draft.kind, true);
  view.setUint16(at + 10, draft.conversation, true);
  view.setFloat64(at + 12, draft.time, true);
  view.setFloat64(at + 20, draft.number, true);
  let to = at + headerBytes;
  if (contexts) to += contexts.copy(block, to);
  draft.bytes.copy(block, to, start, end);
  return to + end - start;
}

/** Payloads share memory with the block. */
export function* readRecords(block: Buffer): Generator<ShimRecord> {
  let at = 0;
  while (at + headerBytes <= block.length) {
    const size = block.readUInt32LE(at);
    const count = block.readUInt32LE(at + 4);
    const kind = block.readUInt16LE(at + 8) as RecordKind;
    const conversation = block.readUInt16LE(at + 10);
    const time = block.readDoubleLE(at + 12);
    const number = block.readDoubleLE(at + 20);
    at += headerBytes;
    const nextContext = count === 0 ? noContext : contextsIn(block, at, count);
    at += count * idBytes;
    const payload = block.subarray(at, at + size);
    yield { kind, conversation, time, number, nextContext, payload };
    at += size;
  }
}

const noSpan = '0'.repeat(16);
const noContext = (): null => null;

function contextsIn(block: Buffer, start: number, count: number): () => SpanRef | null {
  let at = start;
  const end = start + count * idBytes;
  return () => {
    if (at >= end) return null;
    const traceId = block.toString('hex', at, at + 16);
    const spanId = block.toString('hex', at + 16, at + idBytes);
    at += idBytes;
    return spanId === noSpan ? null : { traceId, spanId };
  };
}
