import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOpen,
  mostToggled,
  openAll,
  setDefault,
  setOpen,
} from '../../../../src/core/view/folds.js';

describe('folds', () => {
  it('do what was last asked of each row', () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean());
    fc.assert(
      fc.property(fc.boolean(), fc.array(step), (expandedByDefault, steps) => {
        let folds = { expandedByDefault, toggled: [] as readonly string[] };
        const wanted = new Map<string, boolean>();
        for (const [id, open] of steps) {
          folds = setOpen(folds, id, open);
          wanted.set(id, open);
        }
        for (const id of ['a', 'b', 'c', 'd']) {
          expect(isOpen(folds, id)).toBe(wanted.get(id) ?? expandedByDefault);
        }
        expect(new Set(folds.toggled).size).toBe(folds.toggled.length);
      }),
    );
  });

  it('are forgotten when everything is opened or closed', () => {
    const folds = setOpen({ expandedByDefault: true, toggled: [] }, 'a', false);
    expect(setDefault(folds, false)).toEqual({ expandedByDefault: false, toggled: [] });
  });

  it('lead to a hidden row', () => {
    const folds = openAll({ expandedByDefault: false, toggled: [] }, ['a', 'b']);
    expect(isOpen(folds, 'a') && isOpen(folds, 'b')).toBe(true);
  });

  it('stay small enough to send', () => {
    let folds = { expandedByDefault: true, toggled: [] as readonly string[] };
    for (let at = 0; at < mostToggled + 50; at++) folds = setOpen(folds, `row ${at}`, false);
    expect(folds.toggled.length).toBe(mostToggled);
    expect(isOpen(folds, `row ${mostToggled + 49}`)).toBe(false);
  });
});
