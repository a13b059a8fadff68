import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barOf, leastBarPx, placeLabel } from '../../../../src/core/view/bars.js';
import { rowAt } from './rows.js';

const window = { start: 1000, end: 2000 };

describe('a bar', () => {
  it('stands where its time is and is as long', () => {
    const bar = barOf(rowAt(0, { start: 1250, duration: 500 }), window, 400, 0);
    expect(bar).toMatchObject({ x: 100, width: 200, running: false });
  });

  it('grows to now while it runs, and not backwards when the clock is behind', () => {
    const running = rowAt(0, { start: 1500, duration: null });
    expect(barOf(running, window, 400, 1750)).toMatchObject({ x: 200, width: 100, running: true });
    expect(barOf(running, window, 400, 1200)).toMatchObject({ x: 200, width: leastBarPx });
  });

  it('says on which side it lies when it is out of the window', () => {
    expect(barOf(rowAt(0, { start: 0, duration: 10 }), window, 400, 0)).toBe('before');
    expect(barOf(rowAt(0, { start: 3000 }), window, 400, 0)).toBe('after');
  });

  it('can always be seen and never asks a canvas for more than the screen', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 100, max: 1e15, noNaN: true }),
        fc.integer({ min: 20, max: 4000 }),
        (start, duration, from, length, width) => {
          const bar = barOf(
            rowAt(0, { start, duration }),
            { start: from, end: from + length },
            width,
            0,
          );
          if (typeof bar === 'string') return;
          expect(bar.width).toBeGreaterThanOrEqual(leastBarPx);
          expect(bar.x).toBeGreaterThanOrEqual(-10);
          expect(bar.x).toBeLessThanOrEqual(width);
          expect(bar.x + bar.width).toBeLessThanOrEqual(width + 12);
        },
      ),
    );
  });

  it('shows its parts and leaves out those too thin to see', () => {
    const row = rowAt(0, {
      start: 1000,
      duration: 1000,
      parts: [
        { kind: 'wire', start: 1000, duration: 0.1 },
        { kind: 'handler', start: 1100, duration: 800 },
      ],
    });
    expect(barOf(row, window, 400, 0)).toMatchObject({
      segments: [{ kind: 'handler', x: 40, width: 320 }],
    });
  });

  it('merges marks that would stand on each other', () => {
    const row = rowAt(0, { start: 1000, duration: 1000, marks: [1500, 1501, 1502, 1800, 900] });
    const bar = barOf(row, window, 400, 0);
    expect(typeof bar === 'string' ? [] : bar.marks).toEqual([201, 321]);
  });
});

describe('the label of a bar', () => {
  it('stands at the right, else at the left, else inside, else nowhere', () => {
    expect(placeLabel({ x: 10, width: 50 }, 40, 200)).toEqual({ x: 65, inside: false });
    expect(placeLabel({ x: 120, width: 70 }, 40, 200)).toEqual({ x: 75, inside: false });
    expect(placeLabel({ x: 0, width: 200 }, 40, 200)).toEqual({ x: 5, inside: true });
    expect(placeLabel({ x: 20, width: 30 }, 400, 60)).toBeNull();
  });

  it('does not begin left of the canvas, where the bar has just left it', () => {
    expect(placeLabel({ x: -8, width: 2 }, 10, 50)?.x ?? 0).toBeGreaterThanOrEqual(0);
  });

  it('never touches the bar it stands beside, nor leaves the canvas', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -8, max: 1000 }),
        fc.integer({ min: 2, max: 1000 }),
        fc.integer({ min: 10, max: 100 }),
        fc.integer({ min: 50, max: 1000 }),
        (x, width, label, canvas) => {
          const place = placeLabel({ x, width }, label, canvas);
          if (!place) return;
          expect(place.x).toBeGreaterThanOrEqual(0);
          expect(place.x + label).toBeLessThanOrEqual(canvas);
          if (!place.inside) {
            expect(place.x >= x + width || place.x + label <= x).toBe(true);
          }
        },
      ),
    );
  });
});
