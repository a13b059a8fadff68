/** What moves the window of time, in one place for mouse, wheel and keys. */

import type { SpanRow } from '../../src/core/protocol.js';
import { endOf } from '../../src/core/view/bars.js';
import {
  fitWindow,
  panWindow,
  type TimeWindow,
  xToTime,
  zoomWindow,
} from '../../src/core/view/timeScale.js';
import type { ViewContext } from '../context.js';

/** One press of `+`, one notch of a wheel. */
const keyFactor = 0.7;

export class Zoom {
  constructor(private readonly context: ViewContext) {}

  /** A window that was just chosen counts before the next frame shows it. */
  private get window(): TimeWindow {
    return this.context.state.window ?? this.context.window();
  }

  /** Around the place under the pointer. */
  wheel(deltaPx: number, x: number, widthPx: number): void {
    const { window } = this;
    const at = xToTime(window, widthPx, x);
    this.set(zoomWindow(window, at, 1.0022 ** deltaPx, this.context.bounds()));
  }

  /** Around the selected bar when it is on screen, else around the middle. */
  step(inwards: boolean, selected: SpanRow | undefined): void {
    const { context, window } = this;
    let at = (window.start + window.end) / 2;
    if (selected) {
      const middle = (selected.start + endOf(selected, context.now())) / 2;
      if (middle > window.start && middle < window.end) at = middle;
    }
    this.set(zoomWindow(window, at, inwards ? keyFactor : 1 / keyFactor, context.bounds()));
  }

  /** `share` of the window; positive goes to later times. */
  pan(share: number): void {
    const { window } = this;
    const by = (window.end - window.start) * share;
    this.set(panWindow(window, by, this.context.bounds()));
  }

  panPixels(px: number, widthPx: number): void {
    this.pan(px / widthPx);
  }

  /** Everything there is. */
  whole(): void {
    this.context.update({ window: null, axis: 'all' });
  }

  /** The axis goes with the rows on screen. */
  follow(): void {
    this.context.update({ window: null, axis: 'rows' });
  }

  /** The row fills the width; a second time, the axis goes with the rows again. */
  fit(row: SpanRow | undefined): void {
    if (!row) {
      this.follow();
      return;
    }
    const target = fitWindow(row.start, endOf(row, this.context.now()), 0.08);
    const window = this.context.state.window;
    const same =
      window !== null &&
      Math.abs(window.start - target.start) + Math.abs(window.end - target.end) <
        (target.end - target.start) * 0.01;
    if (same) this.follow();
    else this.set(target);
  }

  range(from: number, to: number): void {
    this.set({ start: Math.min(from, to), end: Math.max(from, to) });
  }

  private set(window: TimeWindow): void {
    const bounds = this.context.bounds();
    const whole = window.start <= bounds.start && window.end >= bounds.end;
    this.context.update(whole ? { window: null, axis: 'all' } : { window });
  }
}
