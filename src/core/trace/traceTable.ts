import { grown } from '../otlp/traceBatch.js';
import { IdTable, mix } from './idTable.js';

/** The traces that have spans: their ids, their base time, their roots. */
export class TraceTable {
  /** Four words a trace. */
  private ids = new Uint32Array(0);
  baseHigh = new Uint32Array(0);
  baseLow = new Uint32Array(0);
  firstRoot = new Int32Array(0);
  lastRoot = new Int32Array(0);
  /** Slots of this trace, placeholders included. */
  slots = new Int32Array(0);
  /** 1: something in the trace changed since its trees were last measured. */
  touched = new Uint8Array(0);
  private readonly table = new IdTable((trace) => this.hashOf(trace));
  private readonly free: number[] = [];
  /** Traces in use or free. */
  size = 0;

  /** Traces that have spans now. */
  get count(): number {
    return this.size - this.free.length;
  }

  find(a: number, b: number, c: number, d: number): number {
    const { ids } = this;
    return this.table.find(mix(a ^ b, c, d), (trace) => {
      const at = trace * 4;
      return ids[at] === a && ids[at + 1] === b && ids[at + 2] === c && ids[at + 3] === d;
    });
  }

  /** The base is the start of the first span seen; later ones may lie before it. */
  add(a: number, b: number, c: number, d: number, baseHigh: number, baseLow: number): number {
    const trace = this.free.pop() ?? this.size++;
    if (trace >= this.slots.length) this.grow(Math.max(1024, this.slots.length * 2));
    this.ids.set([a, b, c, d], trace * 4);
    this.baseHigh[trace] = baseHigh;
    this.baseLow[trace] = baseLow;
    this.firstRoot[trace] = -1;
    this.lastRoot[trace] = -1;
    this.slots[trace] = 0;
    this.touched[trace] = 1;
    this.table.add(this.hashOf(trace), trace);
    return trace;
  }

  remove(trace: number): void {
    this.table.remove(this.hashOf(trace), trace);
    this.free.push(trace);
  }

  /** 32 hex digits. */
  idText(trace: number): string {
    let text = '';
    for (let word = trace * 4; word < trace * 4 + 4; word++) text += hexWord(this.ids[word]!);
    return text;
  }

  private hashOf(trace: number): number {
    const { ids } = this;
    const at = trace * 4;
    return mix(ids[at]! ^ ids[at + 1]!, ids[at + 2]!, ids[at + 3]!);
  }

  private grow(capacity: number): void {
    this.ids = grown(this.ids, capacity * 4);
    this.baseHigh = grown(this.baseHigh, capacity);
    this.baseLow = grown(this.baseLow, capacity);
    this.firstRoot = grown(this.firstRoot, capacity);
    this.lastRoot = grown(this.lastRoot, capacity);
    this.slots = grown(this.slots, capacity);
    this.touched = grown(this.touched, capacity);
  }
}

export function hexWord(word: number): string {
  return word.toString(16).padStart(8, '0');
}

/** The words of a hex id, or null when it is not one of `length` digits. */
export function wordsOf(id: string, length: 16 | 32): number[] | null {
  if (id.length !== length || !/^[0-9a-f]+$/i.test(id)) return null;
  const words: number[] = [];
  for (let at = 0; at < length; at += 8) words.push(Number.parseInt(id.slice(at, at + 8), 16));
  return words;
}
