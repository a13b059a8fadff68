/** Which rows are open, as a `ViewSpec` says it: a default, and the ids that differ from it. */

import type { ViewSpec } from '../protocol.js';

type Folds = Pick<ViewSpec, 'expandedByDefault' | 'toggled'>;

/** A spec travels with every request: beyond this the oldest choices are forgotten. */
export const mostToggled = 2000;

export function isOpen(folds: Folds, id: string): boolean {
  return folds.expandedByDefault !== folds.toggled.includes(id);
}

export function setOpen<T extends Folds>(folds: T, id: string, open: boolean): T {
  if (isOpen(folds, id) === open) return folds;
  const without = folds.toggled.filter((other) => other !== id);
  const toggled = without.length === folds.toggled.length ? [...without, id] : without;
  return { ...folds, toggled: toggled.slice(-mostToggled) };
}

/** Opens each; used to lead to a row that is folded away. */
export function openAll<T extends Folds>(folds: T, ids: readonly string[]): T {
  return ids.reduce((current, id) => setOpen(current, id, true), folds);
}

/** Everything open or everything closed. */
export function setDefault<T extends Folds>(folds: T, expandedByDefault: boolean): T {
  return { ...folds, expandedByDefault, toggled: [] };
}

/** Whether a change opens and closes rows and asks no other question. */
export function onlyFolds(change: Partial<ViewSpec>, before: ViewSpec): boolean {
  return (Object.keys(change) as (keyof ViewSpec)[]).every(
    (key) => key === 'toggled' || key === 'expandedByDefault' || change[key] === before[key],
  );
}
