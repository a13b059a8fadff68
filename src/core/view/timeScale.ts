/**
 * The window of time on screen and how it moves. Times are nanoseconds after the origin of the
 * rows (`RowsPage.originNanos`); a double holds them exactly for 104 days.
 */

export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** Nothing is to be seen below this: clocks of two processes differ by more. */
export const shortestWindow = 100;

/** Pixels from the left edge; may lie outside of 0 … width. */
export function timeToX(window: TimeWindow, widthPx: number, time: number): number {
  return ((time - window.start) / (window.end - window.start)) * widthPx;
}

export function xToTime(window: TimeWindow, widthPx: number, x: number): number {
  return window.start + (x / widthPx) * (window.end - window.start);
}

/** The extent with a little air, so that the last bar does not touch the edge. */
export function fitWindow(start: number, end: number, air = 0.02): TimeWindow {
  const length = Math.max(end - start, shortestWindow);
  return { start: start - length * air * 0.25, end: start + length * (1 + air) };
}

/**
 * Keeps the window within the bounds and no shorter than `shortestWindow`; a window longer than
 * the bounds becomes the bounds.
 */
export function clampWindow(window: TimeWindow, bounds: TimeWindow): TimeWindow {
  const longest = Math.max(bounds.end - bounds.start, shortestWindow);
  const length = Math.min(Math.max(window.end - window.start, shortestWindow), longest);
  const start = Math.min(Math.max(window.start, bounds.start), bounds.start + longest - length);
  return { start, end: start + length };
}

/** `factor` below 1 zooms in; the time `at` keeps its place on screen where bounds allow it. */
export function zoomWindow(
  window: TimeWindow,
  at: number,
  factor: number,
  bounds: TimeWindow,
): TimeWindow {
  const longest = Math.max(bounds.end - bounds.start, shortestWindow);
  const length = window.end - window.start;
  const wanted = Math.min(Math.max(length * factor, shortestWindow), longest);
  const share = (at - window.start) / length;
  const start = at - share * wanted;
  return clampWindow({ start, end: start + wanted }, bounds);
}

export function panWindow(window: TimeWindow, by: number, bounds: TimeWindow): TimeWindow {
  return clampWindow({ start: window.start + by, end: window.end + by }, bounds);
}

/** Moves the window as little as possible so that `start` … `end` can be seen; keeps the zoom. */
export function revealInWindow(
  window: TimeWindow,
  start: number,
  end: number,
  bounds: TimeWindow,
): TimeWindow {
  const length = window.end - window.start;
  if (end >= window.start && start <= window.end) return window;
  const air = length * 0.1;
  const target = end - start > length - 2 * air ? start - air : (start + end - length) / 2;
  return clampWindow({ start: target, end: target + length }, bounds);
}
