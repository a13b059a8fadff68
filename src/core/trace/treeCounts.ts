import { grown } from '../otlp/traceBatch.js';
import type { ViewSpec } from '../protocol.js';
import { hasRow, measureTree, type TreeOptions } from './flatTree.js';
import type { MatchCache } from './matchCache.js';
import type { SpanIndex } from './spanIndex.js';
import { findSlots, judgeTree, type VisibleTree } from './visibleTree.js';

/** Lays a tree out; `keep` = it will be looked at, so it is worth remembering. */
export type LayOut = (top: number, keep: boolean) => VisibleTree;

/**
 * How many rows each top-level tree has in one view, and where it ends. What all views have in
 * common comes from `TreeMeasures`; counted here is only what this view shows otherwise.
 */
export class TreeCounts {
  private readonly toggled: ReadonlySet<string>;
  /** The same as slots: numbers are looked up a million times faster than texts are made. */
  private toggledSlots: ReadonlySet<number> = new Set();
  /** Tops of trees in which the user folded or unfolded something. */
  private toggledTops: ReadonlySet<number> = new Set();
  /** Whether every tree is counted otherwise than `TreeMeasures` does. */
  private readonly hasOwnCounts: boolean;
  /** By top slot: one more than its visible rows, 0 = unknown. */
  private counts = new Int32Array(0);

  constructor(
    private readonly index: SpanIndex,
    private readonly spec: ViewSpec,
    private readonly options: TreeOptions,
    private readonly matches: MatchCache | null,
    private readonly layOut: LayOut,
  ) {
    this.toggled = new Set(spec.toggled);
    const { hiddenLayers, scope } = spec;
    this.hasOwnCounts = matches !== null || hiddenLayers.length > 0 || scope.kind === 'span';
  }

  /** The toggled rows may have come or gone. */
  update(): void {
    const { links } = this.index;
    this.toggledSlots = findSlots(this.index, this.toggled);
    this.toggledTops = new Set(Array.from(this.toggledSlots, (slot) => links.topOf(slot)));
  }

  /** Of a row id: `traceId:spanId` or `group:…`. */
  isExpandedId(id: string): boolean {
    return this.spec.expandedByDefault !== this.toggled.has(id);
  }

  readonly isExpanded = (slot: number): boolean =>
    this.spec.expandedByDefault !== this.toggledSlots.has(slot);

  /** Whether most trees stand as they are, so that `addUp` gives all there is to know. */
  get isPlain(): boolean {
    return !this.hasOwnCounts && this.spec.expandedByDefault && !this.options.rawTimes;
  }

  /** Fills in the rows before each of the trees, as `TreeMeasures.addUp` does. */
  addUp(tops: Int32Array, offsets: Float64Array): { end: number; running: boolean } {
    const { toggledTops, index } = this;
    const own = (top: number): number =>
      toggledTops.has(top) || index.waiting.has(top) ? this.rowsOf(top) : -1;
    const isSame = toggledTops.size === 0 && index.waiting.size === 0;
    return index.measures.addUp(tops, offsets, isSame ? null : own);
  }

  rowsOf(top: number): number {
    if (this.index.waiting.has(top)) return 0;
    if (!this.hasOwnCounts) {
      const plain = this.plainCount(top);
      if (plain !== -1) return plain;
    }
    if (top >= this.counts.length) this.counts = grown(this.counts, this.index.columns.capacity);
    let known = this.counts[top]!;
    if (known === 0) {
      known = this.countRows(top) + 1;
      this.counts[top] = known;
    }
    return known - 1;
  }

  /** Latest end of a tree, ns after the session's origin; infinite while something in it runs. */
  endOf(top: number): number {
    const { index, options } = this;
    if (this.spec.scope.kind !== 'span' && !options.rawTimes) return index.measures.endOf(top);
    return measureTree(index, top, options, () => true).end;
  }

  forget(top: number): void {
    if (top < this.counts.length) this.counts[top] = 0;
  }

  forgetAll(): void {
    this.counts.fill(0);
  }

  /** Rows of a tree that nobody has to walk through; -1 = walk. */
  private plainCount(top: number): number {
    if (this.toggledTops.has(top)) return -1;
    if (this.spec.expandedByDefault) return this.index.measures.rowsOf(top);
    return hasRow(this.index, top, this.options.hidden) ? 1 : -1;
  }

  private countRows(top: number): number {
    const { index, matches, options } = this;
    const { scope, hiddenLayers } = this.spec;
    // The trees of one trace will be looked at, those of a session mostly not.
    if (scope.kind !== 'session') return this.layOut(top, true).rows.length;
    if (!matches) return measureTree(index, top, options, this.isExpanded).rows;
    const kept = judgeTree(index, top, matches);
    if (kept === 'nothing') return 0;
    if (kept === 'all' && hiddenLayers.length === 0) {
      const plain = this.plainCount(top);
      if (plain !== -1) return plain;
    }
    return this.layOut(top, false).rows.length;
  }
}
