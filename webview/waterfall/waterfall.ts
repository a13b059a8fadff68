/** Tree left, bars right, on the same rows of one scroll; only what is on screen exists. */
import type { SpanRow } from '../../src/core/protocol.js';
import { endOf } from '../../src/core/view/bars.js';
import { formatMoment } from '../../src/core/view/clock.js';
import { firstRows } from '../../src/core/view/firstView.js';
import {
  farthestTop,
  isExact,
  type ScrollMap,
  scrollMapOf,
  toContentTop,
  topToCentre,
  topToReveal,
  toScrollTop,
  visibleRows,
} from '../../src/core/view/rowWindow.js';
import { ticksOf } from '../../src/core/view/ticks.js';
import { type TimeWindow, xToTime } from '../../src/core/view/timeScale.js';
import type { ViewContext } from '../context.js';
import { setAttribute, setHidden, setStyle } from '../dom.js';
import { Axis } from './axis.js';
import { BarPainter, type PaintedRow } from './barPainter.js';
import { NewRows } from './newRows.js';
import { RowElement, rowPx } from './rowElement.js';
import { createSkeleton } from './skeleton.js';
import { TextWidths } from './textWidths.js';

export const headPx = 24;
/** Below this the durations stand beside the bars. */
const narrowPx = 480;
const mostSticky = 4;
/** As `--duration-px` in waterfall.css. */
const durationPx = 76;
const sheetRows = 1000;
const enoughTreePx = 600;

export class Waterfall {
  readonly elements = createSkeleton();
  /** Pixels of rows above the view; the scrollbar follows it. */
  contentTop = 0;
  hoverX: number | null = null;
  range: readonly [number, number] | null = null;
  treePx = 0;
  barsPx = 0;
  /** Where the view stands on the page; asked for once a size, for it costs a layout. */
  box = { left: 0, top: 0 };
  /** What the rows on screen reach over, ns after the origin; null while there are none. */
  extent: TimeWindow | null = null;

  private viewPx = 0;
  private widthPx = 0;
  private scrollTopSet = 0;
  private readonly pool: RowElement[] = [];
  private readonly stickyPool: RowElement[] = [];
  private readonly painter: BarPainter;
  private readonly widths = new TextWidths();
  private readonly widthOf = (text: string, kind: 'name' | 'pill'): number => {
    const { rowFont, font } = this.context.theme;
    return this.widths.of(text, kind === 'name' ? rowFont : font);
  };
  private readonly axis = new Axis(this.elements.axis, (text) => this.widthOf(text, 'pill'));
  private readonly newRows: NewRows;
  private stickyCount = 0;
  /** A row to select as soon as it is loaded. */
  private pendingIndex: number | null = null;
  private anchor: { id: string; index: number } | null = null;
  private following: boolean;
  private knownTotal = 0;
  /** What this frame shows; null while there is no room. */
  private painted: { rows: readonly PaintedRow[]; from: number; to: number } | null = null;

  constructor(private readonly context: ViewContext) {
    this.painter = new BarPainter(this.elements.canvas, context.theme);
    this.newRows = new NewRows(context, () => {
      this.scrollTo(Number.MAX_SAFE_INTEGER);
      context.focusRows();
    });
    this.elements.root.append(this.newRows.root);
    const { top } = context.state;
    this.following = top.id === null;
    this.contentTop = top.index * rowPx;
    if (top.id !== null) this.anchor = { id: top.id, index: top.index };
    // A view that follows opens at the newest calls.
    if (this.following) context.rows.want(-firstRows, 0);
    else context.rows.want(top.index, top.index + firstRows);
    const { scroller, root } = this.elements;
    scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(root);
  }

  map(): ScrollMap {
    return scrollMapOf(this.context.rows.head.total, rowPx, this.viewPx);
  }

  measure(): void {
    const { scroller } = this.elements;
    const { left, top: pageTop } = scroller.getBoundingClientRect();
    this.box = { left, top: pageTop };
    const before = this.viewPx;
    const viewPx = Math.max(0, scroller.clientHeight - headPx);
    if (viewPx === before && scroller.clientWidth === this.widthPx) return;
    this.widthPx = scroller.clientWidth;
    this.viewPx = viewPx;
    // The pane opens below the row that was just selected: it must not cover it.
    const selected = this.selectedIndex();
    const top = selected === null ? -1 : selected * rowPx - this.contentTop;
    if (selected !== null && top >= -rowPx && top < Math.max(before, this.viewPx)) {
      this.showIndex(selected);
    }
    this.context.requestPaint();
  }

  useTheme(): void {
    this.painter.useTheme(this.context.theme);
  }

  // ── scrolling ──

  scrollTo(contentTop: number): void {
    const map = this.map();
    this.contentTop = Math.min(Math.max(0, contentTop), farthestTop(map));
    this.following = this.atEnd(map);
    this.context.requestPaint();
  }

  showIndex(index: number, place: 'nearest' | 'centre' = 'nearest'): void {
    const map = this.map();
    this.scrollTo(
      place === 'centre'
        ? topToCentre(map, index)
        : topToReveal(map, this.contentTop, index, this.stickyCount),
    );
  }

  private atEnd(map: ScrollMap): boolean {
    return this.contentTop >= farthestTop(map) - 1;
  }

  private scrolled(): void {
    const { scrollTop } = this.elements.scroller;
    if (Math.abs(scrollTop - this.scrollTopSet) < 1) return;
    this.scrollTopSet = scrollTop;
    this.scrollTo(toContentTop(this.map(), scrollTop));
  }

  /** True when the browser scrolls by itself and a wheel needs no help. */
  scrollsNatively(): boolean {
    return isExact(this.map());
  }

  // ── selection ──

  selectedIndex(): number | null {
    const { selected } = this.context.state;
    return selected && this.context.rows.indexOf(selected.id);
  }

  selectIndex(index: number): void {
    const { rows } = this.context;
    const at = Math.min(Math.max(0, index), rows.head.total - 1);
    if (at < 0) return;
    const row = rows.row(at);
    this.pendingIndex = row ? null : at;
    if (row) this.context.select(row);
    this.showIndex(at);
  }

  /** The same for an index among the rows that are asked for, which may not be those on screen yet. */
  selectFound(index: number): void {
    if (this.context.rows.loading) this.pendingIndex = index;
    else this.selectIndex(index);
  }

  /** Where a menu for the row opens, in pixels of the page. */
  placeOf(index: number): { x: number; y: number } {
    const box = this.elements.scroller.getBoundingClientRect();
    const y = box.top + headPx + (index + 1) * rowPx - this.contentTop;
    return { x: box.left + 40, y: Math.min(Math.max(box.top + headPx, y), box.bottom) };
  }

  rowsOnScreen(): number {
    return Math.max(1, Math.floor(this.viewPx / rowPx) - 1);
  }

  // ── new rows ──

  /** Keeps the row at the top where it is, or the end in view when the end was in view. */
  rowsArrived(keepPlace: boolean, newSpec: boolean): void {
    const { rows, state } = this.context;
    const map = this.map();
    // Another question has another origin: what was on screen says nothing of it.
    if (!keepPlace) this.extent = null;
    const grew = rows.head.total > this.knownTotal;
    if (newSpec) this.newRows.skip(rows.head.total - this.knownTotal);
    this.knownTotal = rows.head.total;
    if (this.pendingIndex !== null) this.selectIndex(this.pendingIndex);
    if (this.following && grew && !state.selected) {
      this.contentTop = farthestTop(map);
    } else if (keepPlace && this.anchor) {
      const moved = rows.indexOf(this.anchor.id);
      if (moved !== null) this.contentTop += (moved - this.anchor.index) * rowPx;
    }
    this.contentTop = Math.min(this.contentTop, farthestTop(map));
    this.context.requestPaint();
  }

  // ── painting ──

  /** The tree, which says what the time axis has to reach over. */
  paintTree(): void {
    this.painted = null;
    if (this.viewPx <= 0 || this.widthPx <= 0) return;
    const { context } = this;
    const { rows } = context;
    const map = this.map();
    // Before the first rows came, the place to come back to is kept.
    if (map.total > 0) this.contentTop = Math.min(this.contentTop, farthestTop(map));
    this.layOut(map);
    const seen = visibleRows(map, this.contentTop);
    if (map.total > 0) rows.want(seen.from, seen.from + Math.ceil(this.viewPx / rowPx) + 1);
    const painted = this.paintRows(seen.from, seen.to, seen.offsetPx);
    this.paintSticky(seen.from, painted);
    const first = rows.row(seen.from);
    this.anchor = first ? { id: first.id, index: seen.from } : this.anchor;
    this.extent = extentOf(painted, context.now()) ?? this.extent;
    this.newRows.paint(seen.to >= map.total);
    this.painted = { rows: painted, from: seen.from, to: seen.to };
  }

  /** Axis and bars of the rows that `paintTree` chose. */
  paintTimes(): void {
    const { context, elements, painted } = this;
    if (!painted) return;
    const { rows, state } = context;
    const window = context.window();
    const axis = {
      originNanos: rows.head.originNanos,
      clock: state.clock,
      zero: state.spec.scope.kind === 'session' ? 0 : rows.head.start,
    };
    const ticks = rows.head.total ? ticksOf(window, this.barsPx, axis) : [];
    this.axis.paint(ticks, this.barsPx, this.pointerText(axis));
    this.painter.paint({
      rows: painted.rows,
      ticks,
      window,
      widthPx: this.barsPx,
      heightPx: this.viewPx,
      rowPx,
      now: context.now(),
      criticalPath: state.criticalPath,
      labels: this.narrow(),
      hoverX: this.hoverX,
      range: this.range,
      ratio: globalThis.devicePixelRatio || 1,
    });
    const selected = this.selectedIndex();
    const { from, to } = painted;
    const onScreen = selected !== null && selected >= from && selected < to;
    setAttribute(
      elements.scroller,
      'aria-activedescendant',
      onScreen ? `row-${selected}` : to > from ? `row-${from}` : null,
    );
    setAttribute(elements.scroller, 'aria-rowcount', String(rows.head.total + 1));
    this.scroll(this.map());
  }

  /** Offset and id of the row at the top, for the kept state. */
  topRow(): { index: number; id: string | null } {
    if (this.following) return { index: Math.floor(this.contentTop / rowPx), id: null };
    return { index: Math.floor(this.contentTop / rowPx), id: this.anchor?.id ?? null };
  }

  /** Names seldom need more than `enoughTreePx`: what a wide view has over goes to the bars. */
  treeShare(): number {
    const chosen = this.context.state.treeShare;
    return chosen ?? Math.min(0.5, enoughTreePx / Math.max(1, this.widthPx));
  }

  private narrow(): boolean {
    return this.widthPx < narrowPx;
  }

  private pointerText(axis: {
    originNanos: string;
    zero: number;
  }): { x: number; text: string } | null {
    if (this.hoverX === null) return null;
    const { clock } = this.context.state;
    const time = xToTime(this.context.window(), this.barsPx, this.hoverX);
    const shown = clock === 'relative' ? time - axis.zero : time;
    return { x: this.hoverX, text: formatMoment(axis.originNanos, shown, clock) };
  }

  private layOut(map: ScrollMap): void {
    const { elements } = this;
    const narrow = this.narrow();
    this.treePx = Math.round(this.widthPx * this.treeShare());
    this.barsPx = this.widthPx - this.treePx;
    elements.root.classList.toggle('narrow', narrow);
    setStyle(elements.layer, '--tree-px', `${this.treePx}px`);
    setStyle(elements.layer, 'height', `${this.viewPx + headPx}px`);
    setStyle(elements.canvas, 'left', `${this.treePx}px`);
    setStyle(elements.splitter, 'left', `${this.treePx}px`);
    setAttribute(elements.splitter, 'aria-valuenow', String(Math.round(this.treeShare() * 100)));
    setStyle(elements.sizer, 'height', `${map.scrolledPx + headPx}px`);
  }

  /** Lays the page out, so it comes when everything else is written. */
  private scroll(map: ScrollMap): void {
    const scrollTop = toScrollTop(map, this.contentTop);
    // Reading it back would lay out the page in every frame: the scroll event tells what changed.
    if (Math.abs(this.scrollTopSet - scrollTop) < 1) return;
    this.elements.scroller.scrollTop = scrollTop;
    this.scrollTopSet = scrollTop;
  }

  private paintRows(from: number, to: number, offsetPx: number): PaintedRow[] {
    const { context, elements } = this;
    const painted: PaintedRow[] = [];
    const needed = to - from;
    while (this.pool.length < needed) {
      const made = new RowElement();
      this.pool.push(made);
      elements.moved.append(made.root);
    }
    // Rows stand still in a sheet that is moved as a whole; it is laid anew every thousand rows.
    const base = Math.floor(from / sheetRows) * sheetRows;
    const sheetTop = offsetPx - (from - base) * rowPx;
    setStyle(elements.moved, 'transform', `translateY(${sheetTop}px)`);
    for (const [at, made] of this.pool.entries()) {
      // The element of a row stays its element while it scrolls: only rows that come in are written.
      const index =
        from + ((((at - from) % this.pool.length) + this.pool.length) % this.pool.length);
      if (index >= to) {
        made.hide();
        continue;
      }
      const row = context.rows.row(index);
      made.show(this.shown(index, row), (index - base) * rowPx);
      if (row) painted.push({ row, y: offsetPx + (index - from) * rowPx });
    }
    return painted;
  }

  private paintSticky(from: number, painted: PaintedRow[]): void {
    const { context, elements } = this;
    const room = Math.min(mostSticky, Math.floor(this.viewPx / rowPx / 4));
    const rows = this.contentTop > 0 ? context.rows.sticky(from, room) : [];
    this.stickyCount = rows.length;
    for (const [at, row] of rows.entries()) {
      let made = this.stickyPool[at];
      if (!made) {
        made = new RowElement(true);
        this.stickyPool.push(made);
        elements.sticky.append(made.root);
      }
      made.show(this.shown(context.rows.indexOf(row.id) ?? -1, row), at * rowPx);
      made.root.dataset.id = row.id;
      painted.push({ row, y: at * rowPx, sticky: true });
    }
    for (const made of this.stickyPool.slice(rows.length)) setHidden(made.root, true);
    setHidden(elements.sticky, rows.length === 0);
    setStyle(elements.sticky, 'height', `${rows.length * rowPx}px`);
  }

  private shown(index: number, row: SpanRow | undefined) {
    const { state, summary, inEditor } = this.context;
    return {
      index,
      row,
      selected: row !== undefined && row.id === state.selected?.id,
      now: this.context.now(),
      showServer: (summary?.servers.length ?? 0) > 1 && state.spec.groupBy !== 'server',
      handlerHint: inEditor,
      roomPx: this.treePx - (this.narrow() ? 0 : durationPx),
      widthOf: this.widthOf,
    };
  }
}

/** Sticky rows are left out: an ancestor reaches over more than what is looked at. */
function extentOf(painted: readonly PaintedRow[], now: number): TimeWindow | null {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { row, sticky } of painted) {
    if (sticky || row.placeholder) continue;
    start = Math.min(start, row.start);
    end = Math.max(end, endOf(row, now));
  }
  return start <= end ? { start, end } : null;
}
