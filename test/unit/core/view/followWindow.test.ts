import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approachWindow, followWindow } from '../../../../src/core/view/followWindow.js';

const window = fc
  .tuple(
    fc.double({ min: 0, max: 1e13, noNaN: true }),
    fc.double({ min: 1000, max: 1e13, noNaN: true }),
  )
  .map(([start, length]) => ({ start, end: start + length }));

describe('the window that goes with the rows', () => {
  it('shows all of them and leaves little empty', () => {
    fc.assert(
      fc.property(window, window, fc.boolean(), (current, extent, growing) => {
        const next = followWindow(current, extent, growing);
        expect(next.start).toBeLessThanOrEqual(extent.start);
        expect(next.end).toBeGreaterThanOrEqual(extent.end);
        expect(extent.end - extent.start).toBeGreaterThan((next.end - next.start) * 0.4);
      }),
    );
  });

  it('stays where it is while it serves', () => {
    fc.assert(
      fc.property(window, window, fc.boolean(), (current, extent, growing) => {
        const next = followWindow(current, extent, growing);
        expect(followWindow(next, extent, growing)).toBe(next);
      }),
    );
  });

  it('gets there in a bounded number of frames', () => {
    fc.assert(
      fc.property(window, window, (from, to) => {
        let shown = from;
        let frames = 0;
        while (shown !== to && frames < 400) {
          shown = approachWindow(shown, to, 16);
          frames++;
        }
        expect(shown).toBe(to);
      }),
    );
  });
});
