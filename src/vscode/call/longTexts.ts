import type { JsonObject } from '../servers/connection.js';

/** A longer text stays here: on its way to the page it would be copied many times. */
const maxSentCharacters = 500_000;
/** So much of it is sent, and shown. */
const beginningCharacters = 20_000;

export interface Shortened {
  readonly result: JsonObject;
  /** Whole texts of which only the beginning is in `result`, by where they stand. */
  readonly whole: ReadonlyMap<string, string>;
}

/** A result of which every text is short enough for the page; what the server sent stays as it is. */
export function shortenTexts(result: JsonObject): Shortened {
  const whole = new Map<string, string>();
  const shorten = (text: string, path: string) => {
    if (text.length <= maxSentCharacters) return text;
    whole.set(path, text);
    return text.slice(0, beginningCharacters);
  };
  const visit = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => visit(each, `${path}.${index}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        const place = `${path}.${key}`;
        if (key === 'text' && typeof each === 'string') return [key, shorten(each, place)];
        return [key, key === 'resource' || key === 'content' ? visit(each, place) : each];
      }),
    );
  };
  const shown = { ...result };
  for (const key of ['content', 'contents', 'messages']) {
    if (Array.isArray(shown[key])) shown[key] = visit(shown[key], key);
  }
  if (shown.structuredContent !== undefined) {
    const text = JSON.stringify(shown.structuredContent, null, 2);
    const beginning = shorten(text, 'structuredContent');
    if (beginning !== text) shown.structuredContent = beginning;
  }
  return { result: shown, whole };
}
