import { grown } from '../otlp/traceBatch.js';

/** Bits of `SpanColumns.flags`. */
export const flag = {
  /** The span itself is known; without it the slot stands for a parent that has not arrived. */
  present: 1,
  /** Known from the live channel only; the finished span has not arrived. */
  live: 2,
  /** Stands for its chain execute_tool → client → wire → server: one logical call. */
  call: 4,
  /** Its reported parent was not followed, because that would close a circle. */
  cycle: 8,
  /** Its children are linked out of order. */
  unsorted: 16,
  /** It carries arguments or a result. */
  content: 32,
  /** Taken out or moved since the list of roots was last put in order. */
  rootMoved: 64,
  /** The slot is in use. */
  used: 128,
} as const;

/** No outcome. */
export const noOutcome = 255;

/**
 * One slot a span, one typed array a property: about 90 bytes a span, nothing for the garbage
 * collector to walk. Links between slots are slot numbers, -1 = none.
 */
export class SpanColumns {
  trace = new Int32Array(0);
  spanHigh = new Uint32Array(0);
  spanLow = new Uint32Array(0);
  /** ns after the start of the trace's base. */
  start = new Float64Array(0);
  /** ns; negative while the call runs. */
  duration = new Float64Array(0);
  name = new Uint32Array(0);
  method = new Uint32Array(0);
  target = new Uint32Array(0);
  resource = new Int32Array(0);
  scope = new Int32Array(0);
  parent = new Int32Array(0);
  firstChild = new Int32Array(0);
  lastChild = new Int32Array(0);
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** Where the span's bytes are: chunk of the store, offset, length. */
  chunk = new Int32Array(0);
  at = new Uint32Array(0);
  length = new Uint32Array(0);
  layer = new Uint8Array(0);
  outcome = new Uint8Array(0);
  kind = new Uint8Array(0);
  status = new Uint8Array(0);
  flags = new Uint8Array(0);
  capacity = 0;

  /** Makes room for `slots` slots. */
  reserve(slots: number): void {
    if (slots <= this.capacity) return;
    const capacity = Math.max(4096, this.capacity * 2, slots);
    this.trace = grown(this.trace, capacity);
    this.spanHigh = grown(this.spanHigh, capacity);
    this.spanLow = grown(this.spanLow, capacity);
    this.start = grown(this.start, capacity);
    this.duration = grown(this.duration, capacity);
    this.name = grown(this.name, capacity);
    this.method = grown(this.method, capacity);
    this.target = grown(this.target, capacity);
    this.resource = grown(this.resource, capacity);
    this.scope = grown(this.scope, capacity);
    this.parent = grown(this.parent, capacity);
    this.firstChild = grown(this.firstChild, capacity);
    this.lastChild = grown(this.lastChild, capacity);
    this.next = grown(this.next, capacity);
    this.previous = grown(this.previous, capacity);
    this.chunk = grown(this.chunk, capacity);
    this.at = grown(this.at, capacity);
    this.length = grown(this.length, capacity);
    this.layer = grown(this.layer, capacity);
    this.outcome = grown(this.outcome, capacity);
    this.kind = grown(this.kind, capacity);
    this.status = grown(this.status, capacity);
    this.flags = grown(this.flags, capacity);
    this.capacity = capacity;
  }
}
