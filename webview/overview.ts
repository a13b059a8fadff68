/** The whole session in one thin strip: density and errors, and the window of time on screen. */
import type { Overview } from '../src/core/protocol.js';
import { timeToX, xToTime } from '../src/core/view/timeScale.js';
import type { ViewContext } from './context.js';
import { element, setAttribute, setHidden, setStyle } from './dom.js';
import { afterPaintMs } from './scheduler.js';

const heightPx = 36;
const bucketPx = 4;

export class OverviewStrip {
  readonly root: HTMLElement;
  private readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  private readonly chosen = element('div', { class: 'overview-window', hidden: true });
  private density: Overview | null = null;
  private painted: readonly unknown[] = [];
  private widthPx = 0;
  private busy = false;
  private again = false;
  private drag: { from: number; to: number; move: boolean; grabbed: number } | null = null;

  constructor(
    private readonly context: ViewContext,
    /** Told when a window was chosen, so that the rows can follow. */
    private readonly onChosen: (start: number) => void,
  ) {
    this.root = element('div', {
      class: 'overview',
      role: 'slider',
      tabindex: 0,
      'aria-label': 'Window of time in the session',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': 0,
      title: 'Drag to choose a window of time; double-click for all',
    });
    this.root.append(this.canvas, this.chosen);
    new ResizeObserver(() => {
      this.widthPx = this.root.clientWidth;
      // The frame that is being made is seen before the next one is.
      setTimeout(() => this.refresh(), afterPaintMs);
    }).observe(this.root);
    this.root.addEventListener('pointerdown', (event) => this.press(event));
    this.root.addEventListener('pointermove', (event) => this.move(event));
    this.root.addEventListener('pointerup', () => this.release());
    this.root.addEventListener('pointercancel', () => this.release());
    this.root.addEventListener('dblclick', () =>
      this.context.update({ window: null, axis: 'all' }),
    );
    this.root.addEventListener('keydown', (event) => this.key(event));
  }

  /** Asks for the density again; requests do not pile up. */
  refresh(): void {
    if (this.busy) {
      this.again = true;
      return;
    }
    // The rows come first: a collector answers one question after the other.
    if (this.widthPx === 0 || this.context.rows.head.revision < 0) return;
    this.busy = true;
    const buckets = Math.max(1, Math.floor(this.widthPx / bucketPx));
    this.context.host
      .request('overview/list', { spec: this.context.state.spec, buckets })
      .then((density) => {
        this.density = density;
        this.context.requestPaint();
      })
      // The rows say what is wrong; the strip keeps its last picture.
      .catch(() => undefined)
      .finally(() => {
        this.busy = false;
        if (this.again) {
          this.again = false;
          this.refresh();
        }
      });
  }

  paint(): void {
    const { canvas, widthPx } = this;
    if (widthPx === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    const width = Math.round(widthPx * ratio);
    if (canvas.width !== width || canvas.height !== heightPx * ratio) {
      canvas.width = width;
      canvas.height = Math.round(heightPx * ratio);
      canvas.style.width = `${widthPx}px`;
      canvas.style.height = `${heightPx}px`;
    }
    const drawing = canvas.getContext('2d');
    if (!drawing) return;
    const bounds = this.context.bounds();
    const painted = [this.density, width, this.context.theme, bounds.start, bounds.end];
    // A frame of scrolling changes the window only.
    if (painted.some((part, at) => part !== this.painted[at])) {
      this.painted = painted;
      drawing.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawing.clearRect(0, 0, widthPx, heightPx);
      if (this.density?.counts.length) this.paintDensity(drawing, this.density);
    }
    this.placeWindow();
  }

  private paintDensity(drawing: CanvasRenderingContext2D, density: Overview): void {
    const { theme } = this.context;
    const most = Math.max(1, ...density.counts);
    const bounds = this.context.bounds();
    const from = timeToX(bounds, this.widthPx, density.start);
    const to = timeToX(bounds, this.widthPx, density.end);
    const step = Math.max(1, (to - from) / density.counts.length);
    for (const [at, count] of density.counts.entries()) {
      if (count === 0) continue;
      // A root keeps single calls visible beside a burst of thousands.
      const height = 3 + Math.sqrt(count / most) * (heightPx - 9);
      const x = from + at * step;
      const width = Math.max(1, step - 1);
      drawing.globalAlpha = 0.6;
      drawing.fillStyle = theme.layers.wire;
      drawing.fillRect(x, heightPx - 2 - height, width, height);
      drawing.globalAlpha = 1;
      const errors = density.errors[at] ?? 0;
      if (errors === 0) continue;
      drawing.fillStyle = theme.error;
      const part = Math.max(3, height * Math.sqrt(errors / count));
      drawing.fillRect(x, heightPx - 2 - part, width, part);
      // A dot above it: an error is not only a colour.
      drawing.fillRect(x + width / 2 - 1.5, heightPx - 5 - height, 3, 3);
    }
  }

  private placeWindow(): void {
    const { context, widthPx } = this;
    const bounds = context.bounds();
    const window = this.drag && !this.drag.move ? this.draggedWindow() : this.narrowed();
    const percent = window
      ? Math.round(((window.start - bounds.start) / (bounds.end - bounds.start)) * 100)
      : 0;
    setAttribute(this.root, 'aria-valuenow', String(Math.min(100, Math.max(0, percent))));
    setAttribute(
      this.root,
      'aria-valuetext',
      window ? `window starts at ${percent} %` : 'everything',
    );
    setHidden(this.chosen, window === null || !this.density?.counts.length);
    if (!window) return;
    const left = Math.max(0, timeToX(bounds, widthPx, window.start));
    const right = Math.min(widthPx, Math.max(left + 3, timeToX(bounds, widthPx, window.end)));
    setStyle(this.chosen, 'left', `${left.toFixed(1)}px`);
    setStyle(this.chosen, 'width', `${Math.max(3, right - left).toFixed(1)}px`);
  }

  /** The window on screen; null when that is nearly everything. */
  private narrowed() {
    const [window, bounds] = [this.context.window(), this.context.bounds()];
    const share = (window.end - window.start) / (bounds.end - bounds.start);
    return share > 0.97 ? null : window;
  }

  private draggedWindow() {
    if (!this.drag) return null;
    const { from, to } = this.drag;
    return { start: Math.min(from, to), end: Math.max(from, to) };
  }

  private timeAt(event: PointerEvent): number {
    const x = event.clientX - this.root.getBoundingClientRect().left;
    return xToTime(this.context.bounds(), this.widthPx, Math.min(Math.max(0, x), this.widthPx));
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.timeAt(event);
    const window = this.narrowed();
    const move = window !== null && at >= window.start && at <= window.end;
    this.drag = { from: at, to: at, move, grabbed: at };
    this.root.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    if (!this.drag) return;
    const at = this.timeAt(event);
    this.drag.to = at;
    const window = this.narrowed();
    if (this.drag.move && window) {
      const by = at - this.drag.grabbed;
      this.drag.grabbed = at;
      this.context.update({ window: { start: window.start + by, end: window.end + by } });
    }
    this.context.requestPaint();
  }

  private release(): void {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    const bounds = this.context.bounds();
    const length = Math.abs(drag.to - drag.from);
    const wide = length > (bounds.end - bounds.start) * (4 / Math.max(1, this.widthPx));
    if (!drag.move && wide) {
      const start = Math.min(drag.from, drag.to);
      this.context.update({ window: { start, end: start + length } });
      this.onChosen(start);
    } else if (!drag.move || !wide) {
      this.onChosen(drag.to);
    }
    this.context.requestPaint();
  }

  private key(event: KeyboardEvent): void {
    const window = this.narrowed();
    if (event.key === '0') this.context.update({ window: null, axis: 'all' });
    else if (event.key === 'Escape') this.context.update({ window: null, axis: 'rows' });
    else if (window && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const by = (window.end - window.start) * (event.key === 'ArrowLeft' ? -0.25 : 0.25);
      this.context.update({ window: { start: window.start + by, end: window.end + by } });
    } else return;
    event.preventDefault();
  }
}
