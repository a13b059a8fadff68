/**
 * What the forwarding thread tells the telemetry thread: copies of bytes with a time, packed into
 * blocks that change hands without being copied again.
 *
 * A record: u32 payload size, u8 kind, u8 number of contexts, u16 conversation, f64 time (ms since
 * the epoch), f64 number; then the contexts (55 ASCII bytes each, zeros for none), then the payload.
 */
import { traceparentBytes } from '../core/jsonrpc/splice.js';

export const recordKinds = {
  /** One whole line of the client; `number` is its size on the wire. */
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
} as const;
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

/** `count` of the places, from `first` on, in `bytes`; a place of -1 has no `traceparent`. */
export interface DraftContexts {
  readonly bytes: Buffer;
  readonly places: readonly number[];
  readonly first: number;
  readonly count: number;
}

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
  /** `traceparent`s of the requests in the payload, or null. */
  readonly contexts: DraftContexts | null;
}

/** One record as it is read. */
export interface ShimRecord {
  readonly kind: RecordKind;
  readonly conversation: number;
  readonly time: number;
  readonly number: number;
  readonly contexts: readonly (string | null)[];
  readonly payload: Buffer;
}

export const headerBytes = 24;

export function sizeOfDraft(draft: Draft): number {
  const contexts = draft.contexts?.count ?? 0;
  return headerBytes + contexts * traceparentBytes + draft.end - draft.start;
}

/** Returns the offset after the record. */
export function writeRecord(block: Buffer, view: DataView, at: number, draft: Draft): number {
  const { contexts, start, end } = draft;
  view.setUint32(at, end - start, true);
  block[at + 4] = draft.kind;
  block[at + 5] = contexts?.count ?? 0;
  view.setUint16(at + 6, draft.conversation, true);
  view.setFloat64(at + 8, draft.time, true);
  view.setFloat64(at + 16, draft.number, true);
  let to = at + headerBytes;
  if (contexts) {
    const { bytes, places, first, count } = contexts;
    for (let request = first; request < first + count; request++) {
      const place = places[request] ?? -1;
      for (let index = 0; index < traceparentBytes; index++) {
        block[to + index] = place < 0 ? 0 : (bytes[place + index] ?? 0);
      }
      to += traceparentBytes;
    }
  }
  draft.bytes.copy(block, to, start, end);
  return to + end - start;
}

/** Payloads share memory with the block. */
export function* readRecords(block: Buffer): Generator<ShimRecord> {
  let at = 0;
  while (at + headerBytes <= block.length) {
    const size = block.readUInt32LE(at);
    const kind = block[at + 4] as RecordKind;
    const count = block[at + 5] ?? 0;
    const conversation = block.readUInt16LE(at + 6);
    const time = block.readDoubleLE(at + 8);
    const number = block.readDoubleLE(at + 16);
    at += headerBytes;
    const contexts: (string | null)[] = [];
    for (let index = 0; index < count; index++) {
      contexts.push(block[at] === 0 ? null : block.toString('latin1', at, at + traceparentBytes));
      at += traceparentBytes;
    }
    yield { kind, conversation, time, number, contexts, payload: block.subarray(at, at + size) };
    at += size;
  }
}
