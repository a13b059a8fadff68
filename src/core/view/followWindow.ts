/**
 * The window of time that goes with the rows on screen: a session of an hour with calls of
 * milliseconds would show nothing but slivers. It moves seldom, and then smoothly.
 */

import { fitWindow, type TimeWindow } from './timeScale.js';

/** How much of the window the rows must fill for it to stay as it is. */
const leastFilled = 0.45;

/** Where the window should go: `current` itself while it still serves. */
export function followWindow(
  current: TimeWindow,
  extent: TimeWindow,
  growing: boolean,
): TimeWindow {
  const length = current.end - current.start;
  const inside = extent.start >= current.start && extent.end <= current.end;
  if (inside && extent.end - extent.start >= length * leastFilled) return current;
  // Room to grow into, so that the scale moves in steps while a call runs.
  return fitWindow(extent.start, extent.end, growing ? 0.2 : 0.05);
}

/** Time constant of the movement, ms. */
const settleMs = 45;

/** One frame on the way; the goal itself once nobody could see the difference. */
export function approachWindow(from: TimeWindow, to: TimeWindow, elapsedMs: number): TimeWindow {
  const share = 1 - Math.exp(-elapsedMs / settleMs);
  const start = from.start + (to.start - from.start) * share;
  const end = from.end + (to.end - from.end) * share;
  const length = to.end - to.start;
  const left = Math.abs(start - to.start) + Math.abs(end - to.end);
  return left < length * 0.004 ? to : { start, end };
}
