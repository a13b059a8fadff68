/** Milliseconds between two values of `Date.now`, which are rounded down. */
const tickMs = 1;

/**
 * Times of day with the resolution of the monotonic clock. A runtime tells how far the two are apart
 * once, when it starts, by readings that lie milliseconds apart on a busy machine; and the monotonic
 * clock stands still while a machine sleeps. Each pair of readings taken later bounds the distance,
 * so that it is known ever better; one that contradicts what was known means that either clock was
 * moved. All times are in ms.
 */
export class WallClock {
  private least = Number.NEGATIVE_INFINITY;
  private most = Number.POSITIVE_INFINITY;

  /** What the monotonic clock has to be added to; `performance.timeOrigin` to begin with. */
  constructor(public offset: number) {}

  /** A time of day, with readings of the monotonic clock right before and after it was asked for. */
  compare(before: number, date: number, after: number): void {
    const least = date - after;
    const most = date + tickMs - before;
    const isMoved = least > this.most || most < this.least;
    this.least = isMoved ? least : Math.max(least, this.least);
    this.most = isMoved ? most : Math.min(most, this.most);
    this.offset = Math.min(Math.max(this.offset, this.least), this.most);
  }
}
