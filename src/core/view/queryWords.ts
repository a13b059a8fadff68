/** The search as it is typed: its fields to colour, its mistakes, and what could come next. */

import { queryKeys } from '../trace/queryKeys.js';
import { parseQuery, QueryError, type QueryNode } from '../trace/queryParse.js';

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export interface ReadQuery {
  /** Words that are fields, in order. */
  readonly fields: readonly TextRange[];
  readonly error: (TextRange & { readonly message: string }) | null;
}

export function readQuery(text: string): ReadQuery {
  try {
    const fields: TextRange[] = [];
    collectFields(parseQuery(text), fields);
    return { fields: fields.sort((a, b) => a.from - b.from), error: null };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { message, from, to } = error;
    return { fields: [], error: { message, from, to } };
  }
}

function collectFields(node: QueryNode, fields: TextRange[]): void {
  if (node.kind === 'field') fields.push({ from: node.from, to: node.to });
  else if (node.kind === 'not') collectFields(node.node, fields);
  else if (node.kind === 'and' || node.kind === 'or') {
    for (const inner of node.nodes) collectFields(inner, fields);
  }
}

export interface Completion {
  readonly label: string;
  readonly meaning: string;
  /** Replaces the range of `Completions`. */
  readonly insert: string;
}

export interface Completions extends TextRange {
  readonly options: readonly Completion[];
}

/** What is known of the session, for values that the language does not fix. */
export interface KnownNames {
  readonly tool: readonly string[];
  readonly server: readonly string[];
}

const mostOptions = 12;

/** For the word that ends at the caret; earlier searches when there is no text at all. */
export function completionsOf(
  text: string,
  caret: number,
  known: KnownNames,
  history: readonly string[],
): Completions {
  if (text.trim() === '') {
    const earlier = history
      .slice(0, mostOptions)
      .map((query) => ({ label: query, meaning: 'searched before', insert: query }));
    return { from: 0, to: text.length, options: [...earlier, ...keyOptions('')] };
  }
  const from = wordStart(text, caret);
  const word = text.slice(from, caret);
  if (word === '') return { from, to: caret, options: [] };
  const field = /^(-?)(\w+)([:=])(.*)$/s.exec(word);
  if (!field) {
    const minus = word.startsWith('-') ? 1 : 0;
    return { from: from + minus, to: caret, options: keyOptions(word.slice(minus)) };
  }
  const [, minus = '', key = '', operator = '', typed = ''] = field;
  const comma = typed.lastIndexOf(',') + 1;
  const start = from + minus.length + key.length + operator.length + comma;
  return { from: start, to: caret, options: valueOptions(key, typed.slice(comma), known) };
}

function keyOptions(typed: string): Completion[] {
  const wanted = typed.toLowerCase();
  return queryKeys
    .filter(({ key }) => key.startsWith(wanted))
    .slice(0, mostOptions)
    .map(({ key, meaning, example }) => ({
      label: example,
      meaning,
      insert: key === 'dur' ? 'dur>' : key.endsWith('.') ? key : `${key}:`,
    }));
}

function valueOptions(key: string, typed: string, known: KnownNames): Completion[] {
  const wanted = typed.replace(/^"/, '').toLowerCase();
  const described = queryKeys.find((candidate) => candidate.key === key.toLowerCase());
  const names =
    described?.values ?? (Object.hasOwn(known, key) ? known[key as keyof KnownNames] : []);
  return names
    .filter((name) => name.toLowerCase().includes(wanted) && name.toLowerCase() !== wanted)
    .slice(0, mostOptions)
    .map((name) => ({ label: name, meaning: '', insert: `${quoteValue(name)} ` }));
}

/** As the language reads it back: quoted where white space, quotes, commas or brackets are in it. */
export function quoteValue(text: string): string {
  return /^[\w.:/@*-]+$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** White space inside quotes does not end a word. */
function wordStart(text: string, caret: number): number {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < caret; at++) {
    const character = text[at];
    if (character === '\\' && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && /[\s()]/.test(character ?? '')) start = at + 1;
  }
  return start;
}

/** Newest first, each once, no more than `most`. */
export function addSearch(history: readonly string[], query: string, most = 12): string[] {
  const text = query.trim();
  if (!text) return [...history];
  return [text, ...history.filter((other) => other !== text)].slice(0, most);
}
