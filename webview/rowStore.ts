/**
 * The rows around what is on screen, and nothing more. Old rows stay until new ones are there,
 * so nothing flickers while data streams in.
 */
import type { RowsPage, SpanRow, ViewSpec } from '../src/core/protocol.js';
import { ancestorsAt, type LoadedRun, stickyRows } from '../src/core/view/ancestors.js';
import type { Host } from './connection.js';

export type PageHead = Omit<RowsPage, 'rows' | 'ancestors' | 'from'>;

const emptyHead: PageHead = {
  revision: -1,
  total: 0,
  originNanos: '0',
  start: 0,
  end: 0,
  queryError: null,
};
/** Rows fetched above and below what is wanted, so that a slow scroll never waits. */
const marginRows = 120;

export class RowStore {
  head: PageHead = emptyHead;
  /** When `head` came, `performance.now()`. */
  headAtMs = 0;
  run: LoadedRun = { from: 0, rows: [], ancestors: [] };
  /** True until the first page for this spec is there. */
  loading = true;
  problem: string | null = null;

  private spec: ViewSpec | null = null;
  private wanted = { from: 0, to: 60 };
  private stale = true;
  private busy = false;
  private generation = 0;

  constructor(
    private readonly host: Host,
    private readonly onArrived: (what: { newSpec: boolean }) => void,
  ) {}

  row(index: number): SpanRow | undefined {
    return this.run.rows[index - this.run.from];
  }

  indexOf(id: string): number | null {
    const at = this.run.rows.findIndex((row) => row.id === id);
    return at < 0 ? null : at + this.run.from;
  }

  ancestors(index: number): SpanRow[] {
    return ancestorsAt(this.run, index);
  }

  sticky(firstVisible: number, most: number): SpanRow[] {
    return stickyRows(this.run, firstVisible, most);
  }

  /** Another question: rows on screen stay until its answer comes. */
  show(spec: ViewSpec): void {
    if (spec === this.spec) return;
    this.spec = spec;
    this.loading = true;
    this.generation++;
    this.refresh();
  }

  /** The store changed: what is loaded is read again. */
  refresh(): void {
    this.stale = true;
    void this.load();
  }

  /** Says which rows are on screen; before the first reading, `from` below zero means the last. */
  want(from: number, to: number): void {
    this.wanted = { from, to };
    if (!this.covers(from, to)) void this.load();
  }

  /** The first reading takes what is on screen and no more; its margin follows. */
  private span(): { from: number; count: number } {
    const { from, to } = this.wanted;
    if (this.head === emptyHead) return { from: from < 0 ? -1 : from, count: to - from };
    const first = Math.max(0, from - marginRows);
    return { from: first, count: to + marginRows - first };
  }

  private covers(from: number, to: number): boolean {
    const end = Math.min(to, this.head.total);
    return from >= this.run.from && end <= this.run.from + this.run.rows.length;
  }

  private async load(): Promise<void> {
    // One request at a time: while it travels, the latest wish replaces the ones before it.
    if (this.busy || !this.spec) return;
    this.busy = true;
    while (this.stale || !this.covers(this.wanted.from, this.wanted.to)) {
      this.stale = false;
      const generation = this.generation;
      const { from, count } = this.span();
      try {
        const page = await this.host.request('rows/list', { spec: this.spec, from, count });
        this.problem = null;
        this.accept(page, generation);
      } catch (error) {
        this.problem = (error as Error).message;
        this.loading = false;
        this.onArrived({ newSpec: false });
        break;
      }
    }
    this.busy = false;
  }

  private accept(page: RowsPage, generation: number): void {
    if (generation !== this.generation) {
      this.stale = true;
      return;
    }
    const { rows, ancestors, from, ...head } = page;
    const newSpec = this.loading;
    this.run = { from, rows, ancestors };
    this.head = head;
    this.headAtMs = performance.now();
    this.loading = false;
    if (this.wanted.from < 0) this.wanted = { from, to: from + rows.length };
    // Fewer rows than the view was scrolled to: the next wish is for rows that exist.
    if (this.wanted.from >= head.total) {
      const height = this.wanted.to - this.wanted.from;
      this.wanted = { from: Math.max(0, head.total - height), to: head.total };
    }
    this.onArrived({ newSpec });
  }
}
