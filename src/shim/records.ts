/**
 * What the forwarding thread tells the telemetry thread: copies of bytes with a time, packed into
 * blocks that change hands without being copied again.
 *
 * A record: u32 payload size, u8 kind, u8 number of contexts, u16 conversation, f64 time (ms since
 * the epoch), f64 number; then the contexts (55 ASCII bytes each, zeros for none), then the payload.
 */

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
} as const;
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

export interface ShimRecord {
  readonly kind: RecordKind;
  readonly conversation: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly time: number;
  readonly number: number;
  readonly contexts: readonly (string | null)[];
  readonly payload: Uint8Array;
}

export const headerBytes = 24;
export const contextBytes = 55;

export function writeRecord(
  block: Buffer,
  at: number,
  kind: RecordKind,
  conversation: number,
  time: number,
  number: number,
  contexts: readonly (string | null)[],
  payload: Uint8Array,
): number {
  block.writeUInt32LE(payload.length, at);
  block[at + 4] = kind;
  block[at + 5] = contexts.length;
  block.writeUInt16LE(conversation, at + 6);
  block.writeDoubleLE(time, at + 8);
  block.writeDoubleLE(number, at + 16);
  let to = at + headerBytes;
  for (const context of contexts) {
    if (context === null) block.fill(0, to, to + contextBytes);
    else block.write(context, to, contextBytes, 'latin1');
    to += contextBytes;
  }
  block.set(payload, to);
  return to + payload.length;
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
      contexts.push(block[at] === 0 ? null : block.toString('latin1', at, at + contextBytes));
      at += contextBytes;
    }
    yield { kind, conversation, time, number, contexts, payload: block.subarray(at, at + size) };
    at += size;
  }
}
