import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignRows, durationChange } from '../../../../src/core/view/align.js';
import { rowAt, rowsOf } from './rows.js';

const named = (depth: number, name: string, duration = 10) =>
  rowAt(depth, { name, duration, id: `${name} ${duration}` });
const shown = (pairs: ReturnType<typeof alignRows>) =>
  pairs.map((pair) => `${pair.depth}${pair.left?.name ?? '–'}|${pair.right?.name ?? '–'}`);

describe('two calls beside each other', () => {
  it('are laid together by name and order', () => {
    const before = [named(0, 'call'), named(1, 'a'), named(1, 'b'), named(1, 'c')];
    const after = [named(0, 'call'), named(1, 'a'), named(1, 'x'), named(1, 'c')];
    expect(shown(alignRows(before, after))).toEqual(['0call|call', '1a|a', '1b|–', '1–|x', '1c|c']);
  });

  it('keep the two that were chosen together, whatever their names', () => {
    expect(shown(alignRows([named(0, 'old')], [named(0, 'new')]))).toEqual(['0old|new']);
  });

  it('lose no row and keep the order of either side', () => {
    const rows = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }).map(rowsOf);
    fc.assert(
      fc.property(rows, rows, (left, right) => {
        const pairs = alignRows(left, right);
        expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(left);
        expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(right);
      }),
    );
  });

  it('are equal to themselves', () => {
    const rows = rowsOf([0, 1, 2, 2, 1, 2]);
    for (const pair of alignRows(rows, rows)) {
      expect(pair.left).toBe(pair.right);
      expect(durationChange(pair)).toBe(0);
    }
  });

  it('are matched in order where there are too many siblings to search', () => {
    const many = Array.from({ length: 600 }, (_, at) => named(1, `n${at % 3}`));
    expect(alignRows([named(0, 'r'), ...many], [named(0, 'r'), ...many])).toHaveLength(601);
  });

  it('have no change of duration while one of them runs', () => {
    const [pair] = alignRows([named(0, 'a')], [rowAt(0, { name: 'a', duration: null })]);
    expect(pair && durationChange(pair)).toBeNull();
  });
});
