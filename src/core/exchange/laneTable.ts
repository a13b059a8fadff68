import { attr, own } from '../mcp/conventions.js';
import type { Span } from '../trace/model.js';

/** Where a span is drawn in a trace-event file. */
export interface Lane {
  /** Place of the service in `LaneTable.processes`, from 1. */
  readonly process: number;
  /** Counts from 1 in each process. */
  readonly lane: number;
  /** ns after `LaneTable.originNanos`. */
  readonly start: number;
  readonly duration: number;
  /** Another span of the lane starts at the same time: the file must keep them in this order. */
  readonly rank: number | null;
}

/**
 * Chooses a thread for every span. On one thread a viewer draws what overlaps as nested, so a span
 * joins the thread of its parent where it lies inside of it and beside its siblings, and else
 * takes the first thread on which nothing runs.
 */
export class LaneTable {
  readonly processes: string[] = [];
  private readonly processIds = new Map<string, number>();
  private readonly indexOf = new Map<string, number>();
  private readonly parents: (string | undefined)[] = [];
  private readonly process: number[] = [];
  private readonly start: number[] = [];
  private readonly end: number[] = [];
  private readonly lane: number[] = [];
  private readonly rank: number[] = [];
  private readonly tied = new Set<number>();
  private readonly laneCounts: number[] = [];
  /** Start of the first span that was added; times are counted from it at first. */
  private base: bigint | null = null;
  private earliest = 0;

  /** Spans in the order in which they will be written. */
  add(span: Span): void {
    this.base ??= span.startNanos;
    const start = Number(span.startNanos - this.base);
    const index = this.start.push(start) - 1;
    this.earliest = Math.min(this.earliest, start);
    this.end.push(Math.max(start, Number(span.endNanos - this.base)));
    this.process.push(this.processOf(span));
    this.indexOf.set(span.traceId + span.spanId, index);
    this.parents.push(span.parentSpanId && span.traceId + span.parentSpanId);
  }

  /** First start of all spans, ns since the epoch. */
  get originNanos(): bigint {
    return (this.base ?? 0n) + BigInt(this.earliest);
  }

  /** Threads used by a process. */
  laneCount(process: number): number {
    return this.laneCounts[process] ?? 0;
  }

  /** Call when all spans are added. */
  arrange(): void {
    const { start, end } = this;
    const order = start.map((_, index) => index);
    order.sort((a, b) => start[a]! - start[b]! || end[b]! - end[a]! || a - b);
    /** For each process and lane what runs there, innermost last. */
    const running: number[][][] = this.processes.map(() => []);
    for (const [rank, index] of order.entries()) {
      const lanes = running[this.process[index]! - 1]!;
      for (const stack of lanes) {
        while (stack.length > 0 && end[stack.at(-1)!]! <= start[index]!) stack.pop();
      }
      const chosen = this.laneFor(index, lanes);
      const stack = lanes[chosen]!;
      const below = stack.at(-1);
      if (below !== undefined && start[below] === start[index]) this.tied.add(below).add(index);
      stack.push(index);
      this.lane[index] = chosen + 1;
      this.rank[index] = rank;
    }
    for (const [place, lanes] of running.entries()) this.laneCounts[place + 1] = lanes.length;
  }

  /** Of the span that was added as `index`-th, counted from 0. */
  placeOf(index: number): Lane {
    return {
      process: this.process[index]!,
      lane: this.lane[index]!,
      start: this.start[index]! - this.earliest,
      duration: this.end[index]! - this.start[index]!,
      rank: this.tied.has(index) ? this.rank[index]! : null,
    };
  }

  /** Place of a span by its ids, for arrows; null when it is not in the file. */
  find(traceId: string, spanId: string): Lane | null {
    const index = this.indexOf.get(traceId + spanId);
    return index === undefined ? null : this.placeOf(index);
  }

  private laneFor(index: number, lanes: number[][]): number {
    const parent = this.indexOf.get(this.parents[index] ?? '');
    if (parent !== undefined && parent !== index) {
      const isSame = this.process[parent] === this.process[index];
      const lane = (this.lane[parent] ?? 0) - 1;
      const isInside = this.end[index]! <= this.end[parent]!;
      if (isSame && isInside && lanes[lane]?.at(-1) === parent) return lane;
    }
    const empty = lanes.findIndex((stack) => stack.length === 0);
    return empty === -1 ? lanes.push([]) - 1 : empty;
  }

  private processOf(span: Span): number {
    const given = span.resource[own.serverName] ?? span.resource[attr.serviceName];
    const name = typeof given === 'string' && given !== '' ? given : 'unknown service';
    const known = this.processIds.get(name);
    if (known !== undefined) return known;
    const process = this.processes.push(name);
    this.processIds.set(name, process);
    return process;
  }
}
