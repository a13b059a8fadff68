/** Mouse, wheel and touchpad in the waterfall. */
import type { SpanRow } from '../../src/core/protocol.js';
import { xToTime } from '../../src/core/view/timeScale.js';
import type { ViewContext } from '../context.js';
import type { Keys } from './keys.js';
import { headPx, type Waterfall } from './waterfall.js';
import type { Zoom } from './zoom.js';

interface Drag {
  readonly kind: 'pan' | 'range' | 'columns';
  readonly startX: number;
  lastX: number;
  moved: boolean;
}

/** A press that moves less is a click. */
const clickPx = 4;

export class Gestures {
  private drag: Drag | null = null;
  /** What the first of two clicks hit: the pane that it opens moves the rows away from the second. */
  private clicked: SpanRow | null = null;

  constructor(
    private readonly context: ViewContext,
    private readonly waterfall: Waterfall,
    private readonly zoom: Zoom,
    private readonly keys: Keys,
    private readonly onMenu: (x: number, y: number) => void,
  ) {
    const { scroller, splitter } = waterfall.elements;
    scroller.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    scroller.addEventListener('pointerdown', (event) => this.press(event));
    scroller.addEventListener('pointermove', (event) => this.move(event));
    scroller.addEventListener('pointerup', (event) => this.release(event));
    scroller.addEventListener('pointercancel', () => this.end());
    scroller.addEventListener('pointerleave', () => this.hover(null));
    window.addEventListener('click', (event) => this.anyClick(event), true);
    scroller.addEventListener('click', (event) => this.click(event));
    scroller.addEventListener('dblclick', (event) => this.doubleClick(event));
    scroller.addEventListener('contextmenu', (event) => this.menu(event));
    splitter.addEventListener('pointerdown', (event) => this.pressSplitter(event));
    splitter.addEventListener('pointermove', (event) => this.moveSplitter(event));
    splitter.addEventListener('pointerup', () => this.end());
    splitter.addEventListener('keydown', (event) => this.splitterKey(event));
    splitter.addEventListener('dblclick', () => context.update({ treeShare: null }));
  }

  private barX(event: MouseEvent): number {
    return event.clientX - this.waterfall.box.left - this.waterfall.treePx;
  }

  private inHead(event: MouseEvent): boolean {
    return event.clientY - this.waterfall.box.top < headPx;
  }

  private wheel(event: WheelEvent): void {
    const x = this.barX(event);
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 22 : 1;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      // A pinch comes as small steps with the control key.
      const strength = Math.abs(event.deltaY) < 30 && event.ctrlKey ? 5 : 1;
      this.zoom.wheel(event.deltaY * unit * strength, Math.max(0, x), this.waterfall.barsPx);
      return;
    }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.zoom.panPixels(sideways * unit, this.waterfall.barsPx);
      return;
    }
    if (this.waterfall.scrollsNatively()) return;
    event.preventDefault();
    this.waterfall.scrollTo(this.waterfall.contentTop + event.deltaY * unit);
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || event.target === this.waterfall.elements.scroller) return;
    const x = this.barX(event);
    if (x < 0) return;
    const kind = this.inHead(event) || event.shiftKey || event.altKey ? 'range' : 'pan';
    this.drag = { kind, startX: x, lastX: x, moved: false };
  }

  private move(event: PointerEvent): void {
    const x = this.barX(event);
    const { drag, waterfall } = this;
    if (!drag) {
      this.hover(x >= 0 ? x : null);
      return;
    }
    if (!drag.moved && Math.abs(x - drag.startX) < clickPx) return;
    if (!drag.moved) {
      drag.moved = true;
      waterfall.elements.scroller.setPointerCapture(event.pointerId);
    }
    if (drag.kind === 'pan') this.zoom.panPixels(drag.lastX - x, waterfall.barsPx);
    else waterfall.range = [drag.startX, Math.min(Math.max(0, x), waterfall.barsPx)];
    drag.lastX = x;
    this.context.requestPaint();
  }

  private release(_event: PointerEvent): void {
    const { drag, waterfall } = this;
    if (drag?.moved && drag.kind === 'range' && waterfall.range) {
      const window = this.context.window();
      const [from, to] = waterfall.range;
      this.zoom.range(
        xToTime(window, waterfall.barsPx, from),
        xToTime(window, waterfall.barsPx, to),
      );
    }
    this.end();
  }

  private end(): void {
    // The click that follows a drag is not a click.
    if (this.drag?.moved) {
      const scroller = this.waterfall.elements.scroller;
      const swallow = (event: Event) => event.stopImmediatePropagation();
      scroller.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => scroller.removeEventListener('click', swallow, { capture: true }));
    }
    this.drag = null;
    this.waterfall.range = null;
    this.context.requestPaint();
  }

  private hover(x: number | null): void {
    if (this.waterfall.hoverX === x) return;
    this.waterfall.hoverX = x;
    this.context.requestPaint();
  }

  private anyClick(event: MouseEvent): void {
    if (event.detail < 2) this.clicked = null;
    if (!this.clicked) return;
    event.stopPropagation();
    if (event.detail !== 2) return;
    if (this.clicked.group) this.keys.toggle(this.clicked);
    else this.context.openHandler(this.clicked);
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const stickyId = target.closest<HTMLElement>('.sticky .row')?.dataset.id;
    const index = Number(target.closest<HTMLElement>('.rows .row')?.dataset.index ?? Number.NaN);
    if (stickyId !== undefined) {
      const [traceId = '', spanId = ''] = stickyId.split(':');
      void this.context.reveal({ traceId, spanId });
      return;
    }
    const row = this.context.rows.row(index);
    if (!row) return;
    if (target.closest('.twistie')) {
      this.keys.toggle(row);
      return;
    }
    this.waterfall.selectIndex(index);
    if (target.closest('.open')) this.context.openHandler(row);
    else {
      this.clicked = row;
      if (!row.group) this.context.update({ pane: 'details' });
    }
  }

  private doubleClick(event: MouseEvent): void {
    if (!this.clicked && this.inHead(event) && this.barX(event) >= 0) this.zoom.whole();
  }

  private menu(event: MouseEvent): void {
    const target = event.target as Element;
    const index = Number(target.closest<HTMLElement>('.rows .row')?.dataset.index ?? Number.NaN);
    if (!this.context.rows.row(index)) return;
    event.preventDefault();
    this.waterfall.selectIndex(index);
    this.onMenu(event.clientX, event.clientY);
  }

  private pressSplitter(event: PointerEvent): void {
    this.drag = { kind: 'columns', startX: event.clientX, lastX: event.clientX, moved: false };
    (event.target as Element).setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  private moveSplitter(event: PointerEvent): void {
    if (this.drag?.kind !== 'columns') return;
    const box = this.waterfall.elements.scroller.getBoundingClientRect();
    this.setShare((event.clientX - box.left) / box.width);
  }

  private splitterKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowLeft' ? -0.02 : event.key === 'ArrowRight' ? 0.02 : 0;
    if (!step) return;
    event.preventDefault();
    this.setShare(this.waterfall.treeShare() + step);
  }

  private setShare(share: number): void {
    this.context.update({ treeShare: Math.min(0.85, Math.max(0.15, share)) });
  }
}
