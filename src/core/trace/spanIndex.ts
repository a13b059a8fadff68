import { factIndex, factKeys } from '../otlp/factKeys.js';
import { Interner } from '../otlp/interner.js';
import { idWords, type TraceBatch } from '../otlp/traceBatch.js';
import { CallCounter } from './callCounter.js';
import { IdTable, mix } from './idTable.js';
import type { SpanRef } from './model.js';
import { protocolTest } from './protocolCalls.js';
import { RootList } from './rootList.js';
import { SpanClassifier } from './spanClassifier.js';
import { flag, noOutcome, SpanColumns } from './spanColumns.js';
import { SpanLinks } from './spanLinks.js';
import { hexWord, TraceTable, wordsOf } from './traceTable.js';
import { TreeMeasures } from './treeMeasures.js';

const twoTo32 = 2 ** 32;

/** What the live channel says of a call before its span has arrived. */
export interface LiveStart {
  readonly span: SpanRef;
  readonly parentSpanId?: string;
  readonly startNanos: bigint;
  readonly name: string;
  readonly kind: number;
  readonly method: string;
  readonly target: string;
  readonly resource: number;
}

/**
 * Every span that is held, joined into trees as it arrives, in whatever order. A parent that has
 * not arrived has a slot of its own, which the parent fills when it comes; nothing is ever
 * searched for twice.
 */
export class SpanIndex {
  readonly columns = new SpanColumns();
  readonly names = new Interner();
  readonly traces = new TraceTable();
  readonly roots = new RootList(this.columns, (slot) => this.startOf(slot));
  readonly links = new SpanLinks(this.columns, this.traces, this.roots);
  readonly calls = new CallCounter(this.columns, protocolTest(this.columns, this.names));
  readonly classifier = new SpanClassifier(this.names);
  readonly measures = new TreeMeasures(this);
  /** Input and output tokens of the spans that have them. */
  readonly tokens = new Map<number, readonly [input: number, output: number]>();
  /** US dollars of the spans that say what they cost. */
  readonly costs = new Map<number, number>();
  /** Placeholders whose trees are not shown yet, because their span is likely on its way. */
  readonly waiting = new Set<number>();
  /** Grows with every change. */
  revision = 0;
  spans = 0;
  /** Slots in use or free, placeholders included. */
  size = 0;
  /** Start of the first span ever added; times of the session count from it. */
  private originHigh = 0;
  private originLow = 0;
  private hasOrigin = false;
  private readonly free: number[] = [];
  private readonly table = new IdTable((slot) => this.hashOf(slot));
  private readonly listeners = new Set<(slot: number) => void>();

  /** Called with each slot that was added, changed, moved or freed. */
  onDidChange(listener: (slot: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** ns after the session's origin. */
  startOf(slot: number): number {
    const trace = this.columns.trace[slot]!;
    const { baseHigh, baseLow } = this.traces;
    return (
      (baseHigh[trace]! - this.originHigh) * twoTo32 +
      (baseLow[trace]! - this.originLow) +
      this.columns.start[slot]!
    );
  }

  get originNanos(): bigint {
    return (BigInt(this.originHigh) << 32n) | BigInt(this.originLow);
  }

  find(span: SpanRef): number {
    const trace = wordsOf(span.traceId, 32);
    const id = wordsOf(span.spanId, 16);
    if (!trace || !id) return -1;
    const found = this.traces.find(trace[0]!, trace[1]!, trace[2]!, trace[3]!);
    return found === -1 ? -1 : this.findSpan(found, id[0]!, id[1]!);
  }

  /** The slot of a trace and span id that stand as six words in a list; -1 = not here. */
  findWords(words: ArrayLike<number>, at: number): number {
    const trace = this.traces.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    return trace === -1 ? -1 : this.findSpan(trace, words[at + 4]!, words[at + 5]!);
  }

  findTrace(traceId: string): number {
    const words = wordsOf(traceId, 32);
    return words ? this.traces.find(words[0]!, words[1]!, words[2]!, words[3]!) : -1;
  }

  refOf(slot: number): SpanRef {
    const { trace, spanHigh, spanLow } = this.columns;
    return {
      traceId: this.traces.idText(trace[slot]!),
      spanId: hexWord(spanHigh[slot]!) + hexWord(spanLow[slot]!),
    };
  }

  /** Adds one span of a batch; a span that is here already is replaced by the later chunk's. */
  add(
    batch: TraceBatch,
    row: number,
    where: { chunk: number; at: number; resource: number; scope: number },
  ): number {
    const { ids, times } = batch;
    const id = row * idWords;
    const startLow = times[row * 4]!;
    const startHigh = times[row * 4 + 1]!;
    const trace = this.traceOf(ids, id, startHigh, startLow);
    const slot = this.slotOf(trace, ids[id + 4]!, ids[id + 5]!);
    const { columns } = this;
    const before = columns.flags[slot]!;
    if (before & flag.present && !(before & flag.live) && columns.chunk[slot]! > where.chunk) {
      return slot;
    }
    this.calls.forget(slot);
    columns.chunk[slot] = where.chunk;
    columns.at[slot] = where.at;
    columns.length[slot] = batch.places[row * 2 + 1]!;
    columns.resource[slot] = where.resource;
    columns.scope[slot] = where.scope;
    columns.name[slot] = batch.names[row]!;
    columns.kind[slot] = batch.kinds[row]!;
    columns.status[slot] = batch.statuses[row]!;
    const start =
      (startHigh - this.traces.baseHigh[trace]!) * twoTo32 +
      (startLow - this.traces.baseLow[trace]!);
    const duration = (times[row * 4 + 3]! - startHigh) * twoTo32 + (times[row * 4 + 2]! - startLow);
    // End before start is reported data too; it is shown as taking no time.
    columns.duration[slot] = Math.max(0, duration);
    this.classifier.apply(columns, slot, batch, row);
    if (batch.tokens[row * 2]! > 0 || batch.tokens[row * 2 + 1]! > 0) {
      this.tokens.set(slot, [batch.tokens[row * 2]!, batch.tokens[row * 2 + 1]!]);
    } else if (this.tokens.size > 0) this.tokens.delete(slot);
    if (!Number.isNaN(batch.costs[row]!)) this.costs.set(slot, batch.costs[row]!);
    else if (this.costs.size > 0) this.costs.delete(slot);
    let flags = (before & ~(flag.live | flag.content | flag.cycle | flag.call)) | flag.present;
    if (hasContent(batch, row)) flags |= flag.content;
    this.place(slot, trace, ids[id + 6]!, ids[id + 7]!, start, flags, before);
    return slot;
  }

  /** Adds a call that runs; returns -1 when its ids are not ids or its span is here already. */
  addLive(live: LiveStart): number {
    const trace = wordsOf(live.span.traceId, 32);
    const id = wordsOf(live.span.spanId, 16);
    const parent = wordsOf(live.parentSpanId ?? '0000000000000000', 16);
    if (!trace || !id || !parent) return -1;
    const high = Number((live.startNanos >> 32n) & 0xffffffffn);
    const low = Number(live.startNanos & 0xffffffffn);
    const traceSlot = this.traceOf(trace, 0, high, low);
    const slot = this.slotOf(traceSlot, id[0]!, id[1]!);
    const { columns } = this;
    const before = columns.flags[slot]!;
    if (before & flag.present) return -1;
    columns.chunk[slot] = -1;
    columns.resource[slot] = live.resource;
    columns.scope[slot] = -1;
    columns.name[slot] = this.names.idOfText(live.name);
    columns.kind[slot] = live.kind;
    columns.status[slot] = 0;
    columns.duration[slot] = -1;
    this.classifier.applyLive(columns, slot, live);
    const start =
      (high - this.traces.baseHigh[traceSlot]!) * twoTo32 + (low - this.traces.baseLow[traceSlot]!);
    this.place(
      slot,
      traceSlot,
      parent[0]!,
      parent[1]!,
      start,
      before | flag.present | flag.live,
      before,
    );
    return slot;
  }

  /** A live call ended; its span is still to come. */
  endLive(slot: number, endNanos: bigint, outcome: number): void {
    const { columns } = this;
    this.calls.forget(slot);
    columns.duration[slot] = Math.max(0, Number(endNanos - this.originNanos) - this.startOf(slot));
    columns.outcome[slot] = outcome;
    this.calls.count(slot);
    this.changed(slot);
  }

  /** Forgets a span: its slot is freed, or stays as a placeholder while it has children. */
  remove(slot: number): void {
    const { columns } = this;
    if (!(columns.flags[slot]! & flag.present)) return;
    this.calls.forget(slot);
    this.spans--;
    this.tokens.delete(slot);
    this.costs.delete(slot);
    columns.flags[slot] = columns.flags[slot]! & (flag.used | flag.unsorted | flag.rootMoved);
    columns.chunk[slot] = -1;
    this.changed(slot);
    this.calls.recountAbove(slot);
    if (columns.firstChild[slot] === -1) this.release(slot);
    else this.calls.recountBelow(slot);
  }

  clear(): void {
    for (let slot = 0; slot < this.size; slot++) {
      if (this.columns.flags[slot]! & flag.used) this.changed(slot);
      this.columns.flags[slot] = 0;
    }
    for (let slot = 0; slot < this.size; slot++) this.dropTraceOnce(slot);
    this.size = 0;
    this.spans = 0;
    this.free.length = 0;
    this.table.clear();
    this.tokens.clear();
    this.costs.clear();
    this.waiting.clear();
    this.measures.clear();
    this.roots.clear();
    this.calls.clear();
    this.revision++;
  }

  /** Tells the listeners that a slot is not what it was. */
  changed(slot: number): void {
    this.revision++;
    this.traces.touched[this.columns.trace[slot]!] = 1;
    for (const listener of this.listeners) listener(slot);
  }

  private dropTraceOnce(slot: number): void {
    const trace = this.columns.trace[slot]!;
    if (trace !== -1 && this.traces.slots[trace]! > 0) {
      this.traces.slots[trace] = 0;
      this.traces.remove(trace);
    }
  }

  private place(
    slot: number,
    trace: number,
    parentHigh: number,
    parentLow: number,
    start: number,
    flags: number,
    before: number,
  ): void {
    const { columns, links } = this;
    const moved = columns.start[slot] !== start;
    columns.start[slot] = start;
    columns.flags[slot] = flags;
    if (!(before & flag.present)) this.spans++;
    if (this.waiting.size > 0) this.waiting.delete(slot);
    let parent = -1;
    if (parentHigh !== 0 || parentLow !== 0) {
      if (parentHigh === columns.spanHigh[slot] && parentLow === columns.spanLow[slot]) {
        columns.flags[slot] = columns.flags[slot]! | flag.cycle;
      } else parent = this.slotOf(trace, parentHigh, parentLow);
    }
    const old = columns.parent[slot]!;
    if (parent !== old) {
      links.move(slot, parent);
      if (old !== -1) {
        // The tree that it left is another one now.
        this.changed(old);
        this.releaseIfEmpty(old);
      }
    } else if (moved) {
      if (parent === -1) this.roots.touch(slot);
      else links.markUnsorted(parent);
    }
    this.pullBack(columns.parent[slot]!, start);
    this.calls.count(slot);
    if (columns.firstChild[slot] !== -1) this.calls.recountBelow(slot);
    this.changed(slot);
    this.roots.tidy();
  }

  /** A placeholder starts with its first child. */
  private pullBack(parent: number, start: number): void {
    const { columns } = this;
    if (parent === -1 || columns.flags[parent]! & flag.present) return;
    if (columns.start[parent]! <= start) return;
    columns.start[parent] = start;
    if (columns.parent[parent] === -1) this.roots.touch(parent);
  }

  private traceOf(words: ArrayLike<number>, at: number, high: number, low: number): number {
    const a = words[at]!;
    const b = words[at + 1]!;
    const c = words[at + 2]!;
    const d = words[at + 3]!;
    const trace = this.traces.find(a, b, c, d);
    if (trace !== -1) return trace;
    if (!this.hasOrigin) {
      this.hasOrigin = true;
      this.originHigh = high;
      this.originLow = low;
    }
    return this.traces.add(a, b, c, d, high, low);
  }

  private findSpan(trace: number, high: number, low: number): number {
    const { trace: traces, spanHigh, spanLow } = this.columns;
    return this.table.find(
      mix(trace, high, low),
      (slot) => spanLow[slot] === low && spanHigh[slot] === high && traces[slot] === trace,
    );
  }

  /** The slot of a span, made as a placeholder when it is new. */
  private slotOf(trace: number, high: number, low: number): number {
    const found = this.findSpan(trace, high, low);
    if (found !== -1) return found;
    const slot = this.free.pop() ?? this.size++;
    const { columns } = this;
    columns.reserve(this.size);
    columns.trace[slot] = trace;
    columns.spanHigh[slot] = high;
    columns.spanLow[slot] = low;
    columns.start[slot] = Number.POSITIVE_INFINITY;
    columns.duration[slot] = 0;
    columns.firstChild[slot] = -1;
    columns.lastChild[slot] = -1;
    columns.chunk[slot] = -1;
    columns.resource[slot] = -1;
    columns.scope[slot] = -1;
    columns.name[slot] = 0;
    columns.method[slot] = 0;
    columns.target[slot] = 0;
    columns.layer[slot] = this.classifier.internalLayer;
    columns.outcome[slot] = noOutcome;
    columns.kind[slot] = 0;
    columns.status[slot] = 0;
    columns.flags[slot] = flag.used | (columns.flags[slot]! & flag.rootMoved);
    this.traces.slots[trace] = this.traces.slots[trace]! + 1;
    this.table.add(this.hashOf(slot), slot);
    this.links.attach(slot, -1);
    return slot;
  }

  private releaseIfEmpty(slot: number): void {
    const { flags, firstChild } = this.columns;
    if (!(flags[slot]! & flag.present) && firstChild[slot] === -1) this.release(slot);
  }

  private release(slot: number): void {
    const { columns, traces } = this;
    const parent = columns.parent[slot]!;
    this.links.detach(slot);
    this.table.remove(this.hashOf(slot), slot);
    columns.flags[slot] = columns.flags[slot]! & flag.rootMoved;
    this.waiting.delete(slot);
    this.free.push(slot);
    const trace = columns.trace[slot]!;
    traces.slots[trace] = traces.slots[trace]! - 1;
    if (traces.slots[trace] === 0) traces.remove(trace);
    if (parent !== -1) this.releaseIfEmpty(parent);
  }

  private hashOf(slot: number): number {
    const { trace, spanHigh, spanLow } = this.columns;
    return mix(trace[slot]!, spanHigh[slot]!, spanLow[slot]!);
  }
}

const contentFacts = [
  factIndex('gen_ai.tool.call.arguments'),
  factIndex('gen_ai.tool.call.result'),
  factIndex('input.value'),
  factIndex('output.value'),
];

/** Whether a row of a batch carries arguments or a result. */
export function hasContent(batch: TraceBatch, row: number): boolean {
  return contentFacts.some((fact) => batch.facts[row * factKeys.length + fact] !== 0);
}
