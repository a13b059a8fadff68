import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ancestorsAt, stickyRows } from '../../../../src/core/view/ancestors.js';
import { rowsOf } from './rows.js';

const depths = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 });

/** The plain way: walk from the top and keep the open rows. */
function ancestorsByWalking(rows: ReturnType<typeof rowsOf>, index: number) {
  const open: typeof rows = [];
  for (const [at, row] of rows.entries()) {
    while (open.length && (open.at(-1)?.depth ?? 0) >= row.depth) open.pop();
    if (at === index) return open;
    open.push(row);
  }
  return [];
}

describe('ancestors of a row', () => {
  it('are those of the whole tree, though only a piece of it is loaded', () => {
    fc.assert(
      fc.property(depths, fc.nat(), fc.nat(), (shape, cut, pick) => {
        const rows = rowsOf(shape);
        const from = cut % rows.length;
        const index = from + (pick % (rows.length - from));
        const run = { from, rows: rows.slice(from), ancestors: ancestorsByWalking(rows, from) };
        expect(ancestorsAt(run, index)).toEqual(ancestorsByWalking(rows, index));
      }),
    );
  });

  it('are none for a row that is not loaded', () => {
    expect(ancestorsAt({ from: 5, rows: rowsOf([0, 1]), ancestors: [] }, 90)).toEqual([]);
  });
});

describe('rows that stay at the top', () => {
  it('are ancestors of the first row they leave free', () => {
    fc.assert(
      fc.property(depths, fc.nat(), (shape, pick) => {
        const rows = rowsOf(shape);
        const first = pick % rows.length;
        const sticky = stickyRows({ from: 0, rows, ancestors: [] }, first, 4);
        expect(sticky.length).toBeLessThanOrEqual(4);
        for (const [at, row] of sticky.entries()) {
          const next = sticky[at + 1];
          if (next) expect(next.depth).toBeGreaterThan(row.depth);
        }
        const uncovered = ancestorsByWalking(rows, first + sticky.length);
        if (sticky.length < 4 && uncovered.length >= sticky.length) {
          expect(uncovered.slice(0, sticky.length)).toEqual(sticky);
        }
      }),
    );
  });

  it('hold the way to a deep row', () => {
    const rows = rowsOf([0, 1, 2, 3, 3, 3, 3, 3]);
    const sticky = stickyRows({ from: 0, rows, ancestors: [] }, 3, 4);
    expect(sticky.map((row) => row.depth)).toEqual([0, 1, 2]);
  });
});
