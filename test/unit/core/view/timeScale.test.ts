import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampWindow,
  fitWindow,
  panWindow,
  revealInWindow,
  shortestWindow,
  type TimeWindow,
  timeToX,
  xToTime,
  zoomWindow,
} from '../../../../src/core/view/timeScale.js';

const time = fc.double({ min: 0, max: 1e16, noNaN: true });
const length = fc.double({ min: shortestWindow, max: 1e15, noNaN: true });
const window = fc
  .tuple(time, length)
  .map(([start, span]): TimeWindow => ({ start, end: start + span }));
const factor = fc.double({ min: 0.01, max: 100, noNaN: true });

const lengthOf = ({ start, end }: TimeWindow) => end - start;
/** Doubles near 1e16 step by 2. */
const slack = (bounds: TimeWindow) => 8 + lengthOf(bounds) * 1e-9;

describe('the window of time', () => {
  it('maps pixels to times and back', () => {
    fc.assert(
      fc.property(
        window,
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shown, width, share) => {
          const x = share * width;
          expect(timeToX(shown, width, xToTime(shown, width, x))).toBeCloseTo(x, -1);
        },
      ),
    );
  });

  it('never leaves its bounds and never gets shorter than can be seen', () => {
    fc.assert(
      fc.property(window, window, factor, time, (shown, bounds, by, at) => {
        for (const moved of [
          clampWindow(shown, bounds),
          zoomWindow(shown, at, by, bounds),
          panWindow(shown, at - 5e15, bounds),
          revealInWindow(shown, at, at + 5, bounds),
        ]) {
          if (moved === shown) continue;
          expect(moved.start).toBeGreaterThanOrEqual(bounds.start - slack(bounds));
          expect(moved.end).toBeLessThanOrEqual(bounds.end + slack(bounds));
          expect(lengthOf(moved)).toBeGreaterThanOrEqual(shortestWindow - slack(bounds));
        }
      }),
    );
  });

  it('keeps the moment under the pointer where it is while it zooms', () => {
    const bounds = { start: 0, end: 1e12 };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (share, by) => {
          const shown = { start: 3e11, end: 5e11 };
          const at = shown.start + share * lengthOf(shown);
          const zoomed = zoomWindow(shown, at, by, bounds);
          expect(timeToX(zoomed, 1000, at)).toBeCloseTo(share * 1000, 3);
        },
      ),
    );
  });

  it('zooms in and out to where it was', () => {
    const bounds = { start: 0, end: 1e12 };
    const shown = { start: 4e11, end: 5e11 };
    const back = zoomWindow(zoomWindow(shown, 4.2e11, 0.5, bounds), 4.2e11, 2, bounds);
    expect(back.start).toBeCloseTo(shown.start, 0);
    expect(back.end).toBeCloseTo(shown.end, 0);
  });

  it('fits what it is given with air around it, even a single moment', () => {
    const fitted = fitWindow(100, 100);
    expect(fitted.start).toBeLessThanOrEqual(100);
    expect(lengthOf(fitted)).toBeGreaterThanOrEqual(shortestWindow);
  });

  it('stays where it is when what is to be seen is seen already', () => {
    const shown = { start: 0, end: 100_000 };
    expect(revealInWindow(shown, 50_000, 60_000, { start: 0, end: 1e9 })).toBe(shown);
    const moved = revealInWindow(shown, 5e8, 5e8 + 10, { start: 0, end: 1e9 });
    expect(moved.start).toBeLessThan(5e8);
    expect(moved.end).toBeGreaterThan(5e8 + 10);
    expect(lengthOf(moved)).toBeCloseTo(100_000, 0);
  });
});
