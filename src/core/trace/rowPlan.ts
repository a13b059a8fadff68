import type { ViewSpec } from '../protocol.js';
import { findCriticalRows } from './criticalPath.js';
import { type FlatTree, flattenTree, type TreeOptions } from './flatTree.js';
import { groupRoots, type RootGroup } from './groupRoots.js';
import type { MatchCache } from './matchCache.js';
import { layers } from './model.js';
import { withoutProtocol } from './protocolCalls.js';
import type { SpanIndex } from './spanIndex.js';
import { TreeCounts } from './treeCounts.js';
import { findVisibleRows, keepRows, placeOf, type VisibleTree } from './visibleTree.js';

/** One visible row: a span of a tree, or the header of a group. */
export type PlannedRow =
  | {
      readonly kind: 'span';
      readonly tree: FlatTree;
      /** Place in `tree`. */
      readonly row: number;
      readonly depth: number;
      readonly expanded: boolean;
    }
  | { readonly kind: 'group'; readonly group: RootGroup; readonly expanded: boolean };

interface Unit {
  /** Top-level slot, or -1 for the header of `group`. */
  readonly top: number;
  readonly group: RootGroup | null;
}

const maxCachedRows = 2_000_000;

/**
 * Which rows a `ViewSpec` shows, for one revision of the index: counts for every top-level tree,
 * rows only for those that a page touches. What did not change is not computed again.
 */
export class RowPlan {
  private readonly options: TreeOptions;
  private revision = -1;
  private extentKnown: { revision: number; start: number; end: number; running: boolean } | null =
    null;
  private units: readonly Unit[] | null = null;
  private tops: Int32Array = new Int32Array(0);
  /** Rows before each unit; one longer than the units. */
  private offsets = new Float64Array(1);
  private readonly counts: TreeCounts;
  private readonly trees = new Map<number, VisibleTree>();
  private cachedRows = 0;
  private hiddenTops = 0;
  private readonly stop: () => void;

  constructor(
    private readonly index: SpanIndex,
    readonly spec: ViewSpec,
    readonly matches: MatchCache | null,
    private readonly serverName: (slot: number) => string,
  ) {
    this.options = {
      hidden: layers.map((layer) => spec.hiddenLayers.includes(layer)),
      rawTimes: spec.rawTimes ?? false,
    };
    this.counts = new TreeCounts(index, spec, this.options, matches, (top, keep) =>
      keep ? this.visible(top) : (this.trees.get(top) ?? this.layOut(top)),
    );
    this.stop = index.onDidChange((slot) => this.forget(slot));
  }

  dispose(): void {
    this.stop();
  }

  get total(): number {
    this.update();
    return this.offsets.at(-1) ?? 0;
  }

  /** Calls that `ViewSpec.hidesProtocol` leaves out. */
  get hiddenCalls(): number {
    this.update();
    return this.hiddenTops;
  }

  /** Earliest start and latest end of the trees shown, ns after the session's origin. */
  extent(now: number): { start: number; end: number } {
    this.update();
    const { revision } = this.index;
    // Walked once a revision: only the ends of what still runs move with `now`.
    if (this.extentKnown?.revision !== revision) {
      this.extentKnown = { revision, ...this.walkExtent() };
    }
    const { start, end, running } = this.extentKnown;
    if (!Number.isFinite(start)) return { start: 0, end: 0 };
    return { start, end: running ? Math.max(end, now) : end };
  }

  private walkExtent(): { start: number; end: number; running: boolean } {
    let start = Number.POSITIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    let running = false;
    const take = (top: number): void => {
      start = Math.min(start, this.index.startOf(top));
      const to = this.counts.endOf(top);
      if (to === Number.POSITIVE_INFINITY) running = true;
      else if (to > end) end = to;
    };
    for (let unit = 0; unit < this.unitCount; unit++) {
      const top = this.topOf(unit);
      const group = this.units?.[unit]?.group;
      if (top === -1) for (const member of group?.tops ?? []) take(member);
      else if (!group && this.counts.rowsOf(top) > 0) take(top);
    }
    return { start, end: Math.max(start, end), running };
  }

  page(from: number, count: number): PlannedRow[] {
    this.update();
    const rows: PlannedRow[] = [];
    const end = Math.min(from + count, this.offsets.at(-1) ?? 0);
    let unit = this.unitAt(from);
    for (let at = Math.max(0, from); at < end; unit++) {
      const first = this.offsets[unit]!;
      const last = this.offsets[unit + 1]!;
      for (; at < Math.min(last, end); at++) rows.push(this.rowAt(unit, at - first));
    }
    return rows;
  }

  /** Rows above `index` that contain it, outermost first. */
  ancestorsOf(index: number): PlannedRow[] {
    this.update();
    const unit = this.unitAt(index);
    if (unit >= this.unitCount) return [];
    const found: PlannedRow[] = [];
    const top = this.topOf(unit);
    if (top === -1) return found;
    const group = this.units?.[unit]?.group;
    if (group) found.push(this.groupRow(group));
    const { tree, rows } = this.visible(top);
    const row = rows[index - this.offsets[unit]!]!;
    for (let above = 0; above < row; ) {
      if (row <= above + tree.descendants[above]!) {
        found.push(this.spanRow(tree, above, group ? 1 : 0));
        above++;
      } else above += tree.descendants[above]! + 1;
    }
    return found;
  }

  /** Place of a slot among the visible rows, or null when it is folded away or filtered out. */
  locate(slot: number): number | null {
    this.update();
    const top = this.index.links.topOf(slot);
    const unit = this.unitOf(top);
    if (unit === -1 || this.index.waiting.has(top)) return null;
    const { tree, rows } = this.visible(this.topOf(unit));
    const row = tree.slots.indexOf(slot);
    if (row === -1) return null;
    const place = placeOf(rows, row);
    return place === -1 ? null : this.offsets[unit]! + place;
  }

  /** Every row of every unit, folded or not, in order; with the visible index it stands at or after. */
  *allRows(startUnit: number, step: 1 | -1): Generator<{ tree: FlatTree; unit: number }> {
    this.update();
    for (let unit = startUnit; unit >= 0 && unit < this.unitCount; unit += step) {
      const top = this.topOf(unit);
      if (top !== -1) yield { tree: this.visible(top).tree, unit };
    }
  }

  unitAt(row: number): number {
    let low = 0;
    let high = this.unitCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsets[middle + 1]! <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  groupOf(unit: number): RootGroup | null {
    return this.units?.[unit]?.group ?? null;
  }

  /** Whether a row of a tree is part of the filtered picture. */
  isKept(tree: FlatTree, row: number): boolean {
    return keepRows(tree, this.matches)?.[row] !== 0;
  }

  critical(tree: FlatTree, now: number): Uint8Array {
    return findCriticalRows(this.index, tree, now);
  }

  rowId(slot: number): string {
    const { traceId, spanId } = this.index.refOf(slot);
    return `${traceId}:${spanId}`;
  }

  isExpanded(id: string): boolean {
    return this.counts.isExpandedId(id);
  }

  /** Tops that are shown, in order. */
  shownTops(): number[] {
    this.update();
    const shown: number[] = [];
    for (let unit = 0; unit < this.unitCount; unit++) {
      const top = this.topOf(unit);
      if (top !== -1 && this.offsets[unit + 1]! > this.offsets[unit]!) shown.push(top);
    }
    return shown;
  }

  visibleTree(top: number): FlatTree {
    return this.visible(top).tree;
  }

  private get unitCount(): number {
    return this.units?.length ?? this.tops.length;
  }

  private topOf(unit: number): number {
    return this.units ? this.units[unit]!.top : this.tops[unit]!;
  }

  private unitOf(top: number): number {
    const wanted = this.spec.scope.kind === 'span' ? (this.tops[0] ?? -1) : top;
    for (let unit = 0; unit < this.unitCount; unit++) if (this.topOf(unit) === wanted) return unit;
    return -1;
  }

  private update(): void {
    if (this.revision === this.index.revision) return;
    this.revision = this.index.revision;
    this.counts.update();
    this.tops = this.findTops();
    const groupBy = this.spec.groupBy ?? 'time';
    this.units = groupBy === 'time' ? null : this.groupUnits(groupBy);
    const count = this.unitCount;
    if (this.offsets.length !== count + 1) this.offsets = new Float64Array(count + 1);
    if (this.counts.isPlain && !this.units) {
      const { end, running } = this.counts.addUp(this.tops, this.offsets);
      const start = count > 0 ? this.index.startOf(this.tops[0]!) : Number.POSITIVE_INFINITY;
      this.extentKnown = { revision: this.revision, start, end: Math.max(start, end), running };
      return;
    }
    let rows = 0;
    for (let unit = 0; unit < count; unit++) {
      this.offsets[unit] = rows;
      const top = this.topOf(unit);
      rows += top === -1 ? 1 : this.counts.rowsOf(top);
    }
    this.offsets[count] = rows;
  }

  private findTops(): Int32Array {
    const { index } = this;
    const { scope } = this.spec;
    this.hiddenTops = 0;
    if (scope.kind === 'session') {
      const all = index.roots.sorted();
      // What is searched for is found, whatever it is.
      if (!this.spec.hidesProtocol || this.matches) return all;
      const shown = withoutProtocol(index, all);
      this.hiddenTops = all.length - shown.length;
      return shown;
    }
    if (scope.kind === 'span') {
      const slot = index.find(scope);
      return Int32Array.from(slot === -1 ? [] : [slot]);
    }
    const trace = index.findTrace(scope.traceId);
    const tops: number[] = [];
    if (trace !== -1) {
      for (
        let slot = index.traces.firstRoot[trace]!;
        slot !== -1;
        slot = index.columns.next[slot]!
      ) {
        tops.push(slot);
      }
    }
    return Int32Array.from(tops.sort((a, b) => index.startOf(a) - index.startOf(b) || a - b));
  }

  private groupUnits(by: 'server' | 'tool' | 'trace' | 'run'): Unit[] {
    const tops = Array.from(this.tops).filter((top) => this.counts.rowsOf(top) > 0);
    const units: Unit[] = [];
    for (const group of groupRoots(this.index, tops, by, this.serverName)) {
      units.push({ top: -1, group });
      if (!this.isExpanded(`group:${group.key}`)) continue;
      for (const top of group.tops) units.push({ top, group });
    }
    return units;
  }

  private visible(top: number): VisibleTree {
    const known = this.trees.get(top);
    if (known) return known;
    const visible = this.layOut(top);
    const { tree } = visible;
    this.cachedRows += tree.slots.length;
    if (this.cachedRows > maxCachedRows) {
      this.trees.clear();
      this.cachedRows = tree.slots.length;
    }
    this.trees.set(top, visible);
    return visible;
  }

  private layOut(top: number): VisibleTree {
    const tree = flattenTree(this.index, top, this.options);
    const keep = keepRows(tree, this.matches);
    return { tree, rows: findVisibleRows(tree, keep, this.counts.isExpanded) };
  }

  private forget(slot: number): void {
    const top = this.index.links.topOf(slot);
    this.counts.forget(top);
    const tree = this.trees.get(top);
    if (tree) {
      this.cachedRows -= tree.tree.slots.length;
      this.trees.delete(top);
    }
    // A slot that was a top until now may be below another one.
    if (slot !== top) {
      this.counts.forget(slot);
      this.trees.delete(slot);
    }
    if (this.spec.scope.kind === 'span') {
      this.trees.clear();
      this.counts.forgetAll();
      this.cachedRows = 0;
    }
  }

  private rowAt(unit: number, offset: number): PlannedRow {
    const top = this.topOf(unit);
    const group = this.units?.[unit]?.group ?? null;
    if (top === -1) return this.groupRow(group!);
    const { tree, rows } = this.visible(top);
    return this.spanRow(tree, rows[offset]!, group ? 1 : 0);
  }

  private spanRow(tree: FlatTree, row: number, under: number): PlannedRow {
    const expanded = tree.descendants[row]! > 0 && this.isExpanded(this.rowId(tree.slots[row]!));
    return { kind: 'span', tree, row, depth: tree.depths[row]! + under, expanded };
  }

  private groupRow(group: RootGroup): PlannedRow {
    return { kind: 'group', group, expanded: this.isExpanded(`group:${group.key}`) };
  }
}
