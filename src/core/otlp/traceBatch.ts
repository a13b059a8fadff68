import { factKeys } from './factKeys.js';

/** Words a span takes in `TraceBatch.ids`: trace id 4, span id 2, parent id 2. */
export const idWords = 8;

/** A run of spans under one resource and one scope. */
export interface SpanGroup {
  /** Encoded `Resource` and `InstrumentationScope`, ranges of `TraceBatch.bytes`. */
  readonly resource: readonly [from: number, to: number];
  readonly scope: readonly [from: number, to: number];
  /** First span and the one after the last. */
  readonly first: number;
  readonly last: number;
}

/**
 * Decoded spans as columns: what the index needs of each, and where its own bytes are. Nothing
 * here is an object per span. One batch is reused for many requests; read it before the next.
 */
export class TraceBatch {
  bytes: Uint8Array = new Uint8Array();
  count = 0;
  rejected = 0;
  firstReason: string | null = null;
  readonly groups: SpanGroup[] = [];
  ids = new Uint32Array(0);
  /** Start and end, low word first: 4 a span. */
  times = new Uint32Array(0);
  /** Where a span's message starts and how long it is: 2 a span. */
  places = new Uint32Array(0);
  /** Bytes of the tag and length in front of the message. */
  headers = new Uint8Array(0);
  /** Interned. */
  names = new Uint32Array(0);
  kinds = new Uint8Array(0);
  statuses = new Uint8Array(0);
  /** `factKeys.length` a span: interned text of a string value, 0 = absent. */
  facts = new Uint32Array(0);
  /** Input and output tokens, 2 a span. */
  tokens = new Float64Array(0);
  /** US dollars; NaN where the span does not say. */
  costs = new Float64Array(0);
  private capacity = 0;

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.count = 0;
    this.rejected = 0;
    this.firstReason = null;
    this.groups.length = 0;
  }

  /** Where the tag and length in front of a span's message start. */
  startOfRecord(row: number): number {
    return this.places[row * 2]! - this.headers[row]!;
  }

  /** Makes room for one more span. */
  reserve(): void {
    if (this.count < this.capacity) return;
    this.capacity = Math.max(1024, this.capacity * 2);
    this.ids = grown(this.ids, this.capacity * idWords);
    this.times = grown(this.times, this.capacity * 4);
    this.places = grown(this.places, this.capacity * 2);
    this.headers = grown(this.headers, this.capacity);
    this.names = grown(this.names, this.capacity);
    this.kinds = grown(this.kinds, this.capacity);
    this.statuses = grown(this.statuses, this.capacity);
    this.facts = grown(this.facts, this.capacity * factKeys.length);
    this.tokens = grown(this.tokens, this.capacity * 2);
    this.costs = grown(this.costs, this.capacity);
  }
}

interface Column {
  set(from: this): void;
  constructor: unknown;
}

/** A longer copy of a column; the new places are zero. */
export function grown<T extends Column>(column: T, length: number): T {
  const larger = new (column.constructor as new (length: number) => T)(length);
  larger.set(column);
  return larger;
}
