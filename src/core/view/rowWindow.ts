/**
 * Which rows are on screen. Chromium lays out no element taller than about 16 million pixels at
 * double resolution, and a million rows are taller: past `tallestPx` the scrollbar stands for
 * more than one pixel each, and the map below translates.
 */

/** Well below what Chromium can lay out at any zoom level. */
export const tallestPx = 6_000_000;

export interface ScrollMap {
  readonly rowPx: number;
  readonly total: number;
  readonly viewPx: number;
  /** Height of all rows. */
  readonly contentPx: number;
  /** Height that the scrolled element is given. */
  readonly scrolledPx: number;
}

export function scrollMapOf(total: number, rowPx: number, viewPx: number): ScrollMap {
  const contentPx = total * rowPx;
  return { rowPx, total, viewPx, contentPx, scrolledPx: Math.min(contentPx, tallestPx) };
}

/** True when one pixel of the scrollbar is one pixel of rows. */
export function isExact(map: ScrollMap): boolean {
  return map.contentPx === map.scrolledPx;
}

/** Largest distance that the rows can be moved up. */
export function farthestTop(map: ScrollMap): number {
  return Math.max(0, map.contentPx - map.viewPx);
}

/** From the element's `scrollTop` to pixels of rows above the view. */
export function toContentTop(map: ScrollMap, scrollTop: number): number {
  if (isExact(map)) return scrollTop;
  const range = Math.max(1, map.scrolledPx - map.viewPx);
  return (Math.min(Math.max(scrollTop, 0), range) / range) * farthestTop(map);
}

/** From pixels of rows above the view to the element's `scrollTop`. */
export function toScrollTop(map: ScrollMap, contentTop: number): number {
  const top = Math.min(Math.max(contentTop, 0), farthestTop(map));
  if (isExact(map)) return top;
  const range = Math.max(1, map.scrolledPx - map.viewPx);
  return (top / Math.max(1, farthestTop(map))) * range;
}

export interface VisibleRows {
  /** First row that is at least partly on screen. */
  readonly from: number;
  /** One past the last. */
  readonly to: number;
  /** Where the top of row `from` stands, 0 or a little above the view. */
  readonly offsetPx: number;
}

export function visibleRows(map: ScrollMap, contentTop: number): VisibleRows {
  const top = Math.min(Math.max(contentTop, 0), farthestTop(map));
  const from = Math.min(Math.floor(top / map.rowPx), Math.max(0, map.total - 1));
  const to = Math.min(map.total, Math.ceil((top + map.viewPx) / map.rowPx));
  return { from, to: Math.max(from, to), offsetPx: from * map.rowPx - top };
}

/** The content top that shows row `index` with the least movement; `marginRows` of context. */
export function topToReveal(
  map: ScrollMap,
  contentTop: number,
  index: number,
  coveredRows = 0,
): number {
  const top = index * map.rowPx;
  if (top < contentTop + coveredRows * map.rowPx) {
    return Math.max(0, top - coveredRows * map.rowPx);
  }
  if (top + map.rowPx > contentTop + map.viewPx) {
    return Math.min(farthestTop(map), top + map.rowPx - map.viewPx);
  }
  return Math.min(contentTop, farthestTop(map));
}

/** The content top that puts row `index` in the middle. */
export function topToCentre(map: ScrollMap, index: number): number {
  const top = index * map.rowPx - (map.viewPx - map.rowPx) / 2;
  return Math.min(Math.max(0, top), farthestTop(map));
}
