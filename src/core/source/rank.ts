import type { HandlerPlace } from '../protocol.js';

/** Whether a place answers to the name of a call; a resource answers by name, URI or template. */
export function matchesName(place: HandlerPlace, name: string): boolean {
  if (place.name === name || place.uri === name) return true;
  if (place.kind !== 'resource') return false;
  return [place.name, place.uri ?? ''].some((template) => matchesTemplate(template, name));
}

/**
 * RFC 6570 in its simple form: `{x}` stands for one path segment, `{x*}` and `{+x}` for several.
 * Compared piece by piece, since a pattern from the user's source must not become a slow one.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  if (!template.includes('{')) return false;
  const literals = template.split(/\{[^{}]*\}/);
  const names = template.match(/\{[^{}]*\}/g) ?? [];
  const first = literals[0] ?? '';
  if (!uri.startsWith(first)) return false;
  let at = first.length;
  for (const [position, name] of names.entries()) {
    const next = literals[position + 1] ?? '';
    const isLast = position === names.length - 1;
    const end = isLast ? uri.length - next.length : uri.indexOf(next, at + 1);
    if (end < at || (isLast && !uri.endsWith(next)) || (!isLast && end < 0)) return false;
    const value = uri.slice(at, end);
    if (value.includes('/') && !/[*+]/.test(name)) return false;
    at = end + next.length;
  }
  return at === uri.length;
}

/** Best first: closest to the server's working directory, source before tests and examples. */
export function rankPlaces(
  places: readonly HandlerPlace[],
  serverCwd: string | null,
): HandlerPlace[] {
  const score = (place: HandlerPlace): number => {
    const inside = serverCwd !== null && place.file.startsWith(`${serverCwd}/`) ? 0 : 2;
    const secondary =
      /(^|[/._-])(tests?|specs?|__tests__|fixtures?|mocks?|examples?)([/._-]|$)/i.test(place.file)
        ? 1
        : 0;
    return inside + secondary;
  };
  return [...places].sort(
    (a, b) => score(a) - score(b) || a.file.length - b.file.length || (a.file < b.file ? -1 : 1),
  );
}

/**
 * Places whose name comes close: a server mounted under a prefix (`weather_get` for `get`), or
 * another spelling of the same words. To be offered, never to be stated.
 */
export function guessPlaces(places: readonly HandlerPlace[], name: string): HandlerPlace[] {
  const wanted = plain(name);
  return places.filter((place) => {
    const known = plain(place.name);
    if (known === '') return false;
    return (
      known === wanted ||
      (known.length > 2 &&
        /[_./:-]/.test(name.at(-place.name.length - 1) ?? '') &&
        name.endsWith(place.name))
    );
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
