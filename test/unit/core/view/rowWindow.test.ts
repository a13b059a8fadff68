import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  farthestTop,
  isExact,
  scrollMapOf,
  tallestPx,
  toContentTop,
  topToCentre,
  topToReveal,
  toScrollTop,
  visibleRows,
} from '../../../../src/core/view/rowWindow.js';

const map = fc
  .tuple(fc.integer({ min: 0, max: 3_000_000 }), fc.integer({ min: 1, max: 3000 }))
  .map(([total, viewPx]) => scrollMapOf(total, 22, viewPx));
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the rows on screen', () => {
  it('fill the view and no more, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(map, share, (scroll, at) => {
        const seen = visibleRows(scroll, at * farthestTop(scroll));
        expect(seen.from).toBeGreaterThanOrEqual(0);
        expect(seen.to).toBeLessThanOrEqual(scroll.total);
        expect(seen.to - seen.from).toBeLessThanOrEqual(Math.ceil(scroll.viewPx / 22) + 1);
        expect(seen.offsetPx).toBeLessThanOrEqual(0);
        expect(seen.offsetPx).toBeGreaterThan(-22 - 1e-6);
        if (scroll.contentPx >= scroll.viewPx) {
          expect(seen.offsetPx + (seen.to - seen.from) * 22).toBeGreaterThanOrEqual(
            scroll.viewPx - 1e-6,
          );
        }
      }),
    );
  });

  it('are reached to the very last one, though no element can be so tall', () => {
    const scroll = scrollMapOf(1_000_000, 22, 800);
    expect(isExact(scroll)).toBe(false);
    expect(scroll.scrolledPx).toBe(tallestPx);
    const seen = visibleRows(scroll, toContentTop(scroll, tallestPx - 800));
    expect(seen.to).toBe(1_000_000);
    expect(visibleRows(scroll, toContentTop(scroll, 0)).from).toBe(0);
  });

  it('keep their place when the scrollbar is set from it', () => {
    fc.assert(
      fc.property(map, share, (scroll, at) => {
        const top = at * farthestTop(scroll);
        expect(toContentTop(scroll, toScrollTop(scroll, top))).toBeCloseTo(top, 3);
        expect(toScrollTop(scroll, top)).toBeLessThanOrEqual(scroll.scrolledPx);
      }),
    );
  });

  it('show a row that is asked for, moving as little as needed', () => {
    fc.assert(
      fc.property(map, share, share, (scroll, at, place) => {
        fc.pre(scroll.total > 0 && scroll.viewPx >= 44);
        const index = Math.floor(place * (scroll.total - 1));
        const before = at * farthestTop(scroll);
        const top = topToReveal(scroll, before, index);
        expect(index * 22).toBeGreaterThanOrEqual(top - 1e-6);
        expect(index * 22 + 22).toBeLessThanOrEqual(top + scroll.viewPx + 1e-6);
        const seen = index * 22 >= before && index * 22 + 22 <= before + scroll.viewPx;
        if (seen) expect(top).toBeCloseTo(before, 6);
        const centred = topToCentre(scroll, index);
        expect(index * 22).toBeGreaterThanOrEqual(centred - 1e-6);
      }),
    );
  });

  it('are not hidden below the rows that stick to the top', () => {
    const scroll = scrollMapOf(1000, 22, 440);
    expect(topToReveal(scroll, 2200, 100, 2)).toBe(98 * 22);
  });
});
