import type { Spot } from './facts.js';

/** What was found for one name. */
export interface NamedPlaces {
  readonly text: string;
  readonly handlers: readonly { readonly file: string; readonly spot: Spot }[];
}

/**
 * Whether several names lead to several functions each, and to the same ones: what ties a name to
 * its function was lost on the way, so none of them may be stated.
 */
export function areMixed(found: readonly NamedPlaces[]): boolean {
  const nameOf = new Map<string, string>();
  return found.some(
    ({ text, handlers }) =>
      new Set(handlers.map(placeKey)).size > 1 &&
      handlers.some((place) => {
        const key = placeKey(place);
        const other = nameOf.get(key) ?? text;
        nameOf.set(key, text);
        return other !== text;
      }),
  );
}

function placeKey({ file, spot }: NamedPlaces['handlers'][number]): string {
  return `${file}:${spot.line}:${spot.column}`;
}
