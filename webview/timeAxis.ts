/** Which window of time is on screen while nobody has chosen one. */
import { approachWindow, followWindow } from '../src/core/view/followWindow.js';
import { clampWindow, fitWindow, type TimeWindow } from '../src/core/view/timeScale.js';
import type { ViewContext } from './context.js';
import type { Waterfall } from './waterfall/waterfall.js';

/** The editor's own setting (`workbench.reduceMotion`) stands on the page. */
const isStill = () => document.body.classList.contains('vscode-reduce-motion');

export class TimeAxis {
  /** Everything, with a little air. */
  bounds: TimeWindow = { start: 0, end: 1e9 };
  /** The window on screen, on its way to `goal`. */
  window: TimeWindow = this.bounds;
  private goal: TimeWindow = this.bounds;
  private movedAtMs = 0;
  /** What the windows count from: `RowsPage.originNanos` of the rows they were made for. */
  private origin: string | null = null;
  private readonly stillness = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(
    private readonly context: ViewContext,
    private readonly waterfall: Waterfall,
  ) {}

  /** Once a frame, before anything is painted. */
  advance(): void {
    const running = (this.context.summary?.running ?? 0) > 0;
    this.countFromRows();
    this.fit(running);
    const chosen = this.context.state.window;
    if (chosen) this.window = chosen;
    else this.follow(running);
  }

  /** A search changes which row is the first: a window keeps its time, or goes where nothing is. */
  private countFromRows(): void {
    const { state, rows } = this.context;
    const { originNanos, total, start, end } = rows.head;
    if (total === 0 || originNanos === this.origin) return;
    const before = this.origin;
    this.origin = originNanos;
    if (before === null) return;
    const by = Number(BigInt(before) - BigInt(originNanos));
    const move = (window: TimeWindow) => ({ start: window.start + by, end: window.end + by });
    this.window = move(this.window);
    this.goal = move(this.goal);
    if (!state.window) return;
    const chosen = move(state.window);
    const meets = chosen.start <= end && chosen.end >= start;
    this.context.update({ window: meets ? chosen : null });
  }

  /** While a call runs there is air to grow into, so that the scale moves in steps. */
  private fit(running: boolean): void {
    const { extent } = this.waterfall;
    const { head } = this.context.rows;
    const start = Math.min(head.start, extent?.start ?? head.start);
    const now = Math.max(head.end, this.context.now(), extent?.end ?? 0);
    const wanted = fitWindow(Math.min(start, now), now, running ? 0.15 : 0.03);
    const { bounds } = this;
    const length = bounds.end - bounds.start;
    const filled = now <= bounds.end && now > bounds.start + length * 0.8 && bounds.start <= start;
    if (running && filled && Math.abs(wanted.start - bounds.start) < length * 0.05) return;
    this.bounds = wanted;
  }

  /** With the rows on screen in a session; a trace is shown whole, from 0. */
  private follow(running: boolean): void {
    const { state, rows } = this.context;
    const { extent } = this.waterfall;
    const withRows = state.axis === 'rows' && state.spec.scope.kind === 'session';
    const goal =
      withRows && extent
        ? clampWindow(followWindow(this.goal, extent, running), this.bounds)
        : this.bounds;
    const nowMs = performance.now();
    // The first window is simply there; later ones are moved to.
    const jumps = this.movedAtMs === 0 || this.stillness.matches || isStill();
    const elapsedMs = Math.min(50, nowMs - this.movedAtMs);
    this.window = jumps ? goal : approachWindow(this.window, goal, elapsedMs);
    this.goal = goal;
    if (rows.head.total && extent) this.movedAtMs = nowMs;
    if (this.window !== goal) this.context.requestPaint();
  }
}
