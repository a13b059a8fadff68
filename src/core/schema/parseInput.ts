import type { JsonValue } from './json.js';

export type Parsed =
  | { readonly value: JsonValue | undefined }
  | { readonly problem: string; readonly offset?: number };

/** A number as people type it; empty text is "not given". */
export function parseNumber(text: string): Parsed {
  const trimmed = text.trim().replace('−', '-');
  if (trimmed === '') return { value: undefined };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) {
    return { problem: 'This is not a number' };
  }
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return { problem: 'This number is too large' };
  return { value };
}

/** JSON text; empty text is "not given". */
export function parseJsonText(text: string): Parsed {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const place = /position (\d+)/.exec(message);
    const problem = `This is not JSON: ${message.replace(/ in JSON at position.*$/, '')}`;
    return place ? { problem, offset: Number(place[1]) } : { problem };
  }
}
