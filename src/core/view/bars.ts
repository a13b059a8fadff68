/** Geometry of a row's bar: where it stands, what it is made of, what falls outside. */

import type { SpanRow, TimePart } from '../protocol.js';
import type { TimeWindow } from './timeScale.js';
import { timeToX } from './timeScale.js';

export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly running: boolean;
  readonly segments: readonly Segment[];
  /** Pixel places of events and logs, each at most once. */
  readonly marks: readonly number[];
}

export interface Segment {
  readonly kind: TimePart['kind'];
  readonly x: number;
  readonly width: number;
}

/** A bar that is not in the window: only the side it lies on. */
export type Outside = 'before' | 'after';

/** So that the shortest call can be seen and pointed at. */
export const leastBarPx = 2;

/** Where a row ends now; a running one at `now`, never before its start. */
export function endOf(row: SpanRow, now: number): number {
  return row.start + (row.duration ?? Math.max(0, now - row.start));
}

/** Pixels are cut at the edges with a small overhang, so no number grows past what a canvas takes. */
export function barOf(
  row: SpanRow,
  window: TimeWindow,
  widthPx: number,
  now: number,
): Bar | Outside {
  const end = endOf(row, now);
  if (end < window.start) return 'before';
  if (row.start > window.end) return 'after';
  const left = clip(timeToX(window, widthPx, row.start), widthPx);
  const right = clip(timeToX(window, widthPx, end), widthPx);
  const width = Math.max(leastBarPx, right - left);
  // A sliver at the right edge moves in, else it could not be seen.
  const x = Math.min(left, widthPx - leastBarPx);
  return {
    x,
    width,
    running: row.duration === null,
    segments: segmentsOf(row, window, widthPx),
    marks: marksOf(row, window, widthPx),
  };
}

const overhangPx = 8;

function clip(x: number, widthPx: number): number {
  return Math.min(Math.max(x, -overhangPx), widthPx + overhangPx);
}

/** Parts that are at least half a pixel wide. */
function segmentsOf(row: SpanRow, window: TimeWindow, widthPx: number): Segment[] {
  const segments: Segment[] = [];
  for (const part of row.parts) {
    const left = clip(timeToX(window, widthPx, part.start), widthPx);
    const right = clip(timeToX(window, widthPx, part.start + part.duration), widthPx);
    if (right - left >= 0.5) segments.push({ kind: part.kind, x: left, width: right - left });
  }
  return segments;
}

function marksOf(row: SpanRow, window: TimeWindow, widthPx: number): number[] {
  const places = new Set<number>();
  for (const mark of row.marks) {
    if (mark < window.start || mark > window.end) continue;
    // Marks closer than three pixels are one.
    places.add(Math.round(timeToX(window, widthPx, mark) / 3) * 3);
  }
  return [...places].sort((a, b) => a - b);
}

/** Where a label of `labelPx` fits beside or in a bar; null when nowhere. */
export function placeLabel(
  bar: Pick<Bar, 'x' | 'width'>,
  labelPx: number,
  widthPx: number,
): { x: number; inside: boolean } | null {
  const gap = 5;
  const right = bar.x + bar.width + gap;
  if (right >= 0 && right + labelPx <= widthPx - 2) return { x: right, inside: false };
  const left = bar.x - gap - labelPx;
  if (left >= 2 && left + labelPx <= widthPx - 2) return { x: left, inside: false };
  const visibleLeft = Math.max(bar.x, 0);
  const visibleRight = Math.min(bar.x + bar.width, widthPx);
  if (visibleRight - visibleLeft >= labelPx + 2 * gap) {
    return { x: visibleLeft + gap, inside: true };
  }
  return null;
}
