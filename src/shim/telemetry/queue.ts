/**
 * What waits to be delivered, already encoded: a span as objects weighs several times as much.
 * Bounded in bytes; what does not fit anywhere is counted, and the oldest stay.
 */

const maxBytes = 8 << 20;
const batchBytes = 1 << 20;
const batchRecords = 2048;
/** Records that are encoded together, so that they share their resource. */
const pieceRecords = 16;

/** An OTLP request, or several: end to end they are one, since their repeated fields add up. */
export interface Encoded {
  readonly pieces: readonly Uint8Array[];
  /** Of all pieces. */
  readonly bytes: number;
  readonly records: number;
}

export class Queue<T> {
  private pieces: Encoded[] = [];
  private bytes = 0;
  private fresh: T[] = [];
  private lost = 0;

  /** `onFull` may take what there is, so that nothing need be lost. */
  constructor(
    private readonly encode: (records: readonly T[]) => Uint8Array,
    private readonly onFull: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.pieces.length === 0 && this.fresh.length === 0;
  }

  /** More waits than one request takes: the next should follow at once. */
  get isFilling(): boolean {
    return this.bytes >= batchBytes;
  }

  push(record: T): void {
    this.fresh.push(record);
    if (this.fresh.length >= pieceRecords) this.seal();
  }

  /** The oldest, at least one where there is one, within the bounds of a request; else null. */
  take(): Encoded | null {
    this.seal();
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const piece of this.pieces) {
      const tooMuch = bytes + piece.bytes > batchBytes || records + piece.records > batchRecords;
      if (count > 0 && tooMuch) break;
      bytes += piece.bytes;
      records += piece.records;
      count++;
    }
    if (count === 0) return null;
    this.bytes -= bytes;
    const taken = this.pieces.splice(0, count);
    return { pieces: taken.flatMap(({ pieces }) => pieces), bytes, records };
  }

  putBack(batch: Encoded): void {
    this.pieces.unshift(batch);
    this.bytes += batch.bytes;
  }

  countLost(records: number): void {
    this.lost += records;
  }

  /** How many were lost since the last time this was asked. */
  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  private seal(): void {
    if (this.fresh.length === 0) return;
    const records = this.fresh.length;
    const piece = this.encode(this.fresh);
    this.fresh = [];
    const { length: bytes } = piece;
    if (this.bytes + bytes > maxBytes) this.onFull();
    if (this.bytes + bytes > maxBytes) {
      this.lost += records;
      return;
    }
    this.bytes += bytes;
    this.pieces.push({ pieces: [piece], bytes, records });
  }
}
