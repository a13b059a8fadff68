/** A JSON document as lines of a tree, made only as far as it is open. */

export type JsonPath = readonly (string | number)[];

/** A number that a double would change; it is shown as it was written. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

export interface JsonLine {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'more';
  readonly depth: number;
  readonly path: JsonPath;
  /** Property name or index; null for the whole document. */
  readonly key: string | number | null;
  /** A scalar as JSON spells it; what is inside a closed object or array, in short. */
  readonly text: string;
  readonly open: boolean;
  /** Members of an object or array; of `more`: how many are not shown. */
  readonly size: number;
}

/** Members shown at once; the line `more` shows as many again. */
export const chunk = 100;

export interface JsonFolds {
  /** Pointers (`pointerOf`) whose fold differs from the default. */
  readonly toggled: ReadonlySet<string>;
  /** How many chunks of a long list are shown, where it is more than one. */
  readonly chunks: ReadonlyMap<string, number>;
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** Numbers keep their spelling; a document that cannot be read is answered with the reason. */
export function parseJson(text: string): { value: unknown } | { problem: string } {
  const keepExact: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source && String(value) !== context.source
      ? new ExactNumber(context.source)
      : value;
  try {
    // A reviver walks everything: not worth it for megabytes.
    return { value: text.length < 500_000 ? JSON.parse(text, keepExact) : JSON.parse(text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

export function pointerOf(path: JsonPath): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** `$.content[0]["odd key"]`, to paste into code or a query. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `${text}.${step}` : `${text}[${JSON.stringify(step)}]`;
  }, '$');
}

function membersOf(value: unknown): readonly [string | number, unknown][] | null {
  if (Array.isArray(value)) return value.map((member, index) => [index, member]);
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    return Object.entries(value);
  }
  return null;
}

/** Small documents start open, of large ones only the outer two levels. */
export function opensByDefault(depth: number, size: number): boolean {
  return depth < 2 ? size <= chunk * 2 : depth < 4 && size <= 8;
}

export function isLineOpen(folds: JsonFolds, path: JsonPath, size: number): boolean {
  return opensByDefault(path.length, size) !== folds.toggled.has(pointerOf(path));
}

/** Lines of everything that is open, at most `most`. */
export function jsonLines(value: unknown, folds: JsonFolds, most = 2000): JsonLine[] {
  const lines: JsonLine[] = [];
  addLines(lines, value, null, [], folds, most);
  return lines;
}

function addLines(
  lines: JsonLine[],
  value: unknown,
  key: string | number | null,
  path: JsonPath,
  folds: JsonFolds,
  most: number,
): void {
  if (lines.length >= most) return;
  const members = membersOf(value);
  const depth = path.length;
  if (!members) {
    lines.push({
      kind: kindOf(value),
      depth,
      path,
      key,
      text: scalarText(value),
      open: false,
      size: 0,
    });
    return;
  }
  const open = members.length > 0 && isLineOpen(folds, path, members.length);
  const kind = Array.isArray(value) ? 'array' : 'object';
  lines.push({ kind, depth, path, key, text: preview(value), open, size: members.length });
  if (!open) return;
  const shown = chunk * (folds.chunks.get(pointerOf(path)) ?? 1);
  for (const [step, member] of members.slice(0, shown)) {
    addLines(lines, member, step, [...path, step], folds, most);
  }
  if (members.length > shown && lines.length < most) {
    const left = members.length - shown;
    lines.push({
      kind: 'more',
      depth: depth + 1,
      path,
      key: null,
      text: '',
      open: false,
      size: left,
    });
  }
}

function kindOf(value: unknown): JsonLine['kind'] {
  if (value === null || value === undefined) return 'null';
  if (value instanceof ExactNumber || typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return 'string';
}

export function scalarText(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  return JSON.stringify(value) ?? 'null';
}

/** `{ city: "Oslo", … }`; at most about `most` characters. */
export function preview(value: unknown, most = 60): string {
  const members = membersOf(value);
  if (!members) return shorten(scalarText(value), most);
  const list = Array.isArray(value);
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) return open + close;
  let text = '';
  for (const [key, member] of members) {
    const inner = membersOf(member);
    const short = inner ? (Array.isArray(member) ? '[…]' : '{…}') : shorten(scalarText(member), 24);
    const piece = list ? short : `${key}: ${short}`;
    if (text.length + piece.length > most) {
      text += text ? ', …' : `${shorten(piece, most)}`;
      break;
    }
    text += text ? `, ${piece}` : piece;
  }
  return list ? `[${text}]` : `{ ${text} }`;
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** What a path leads to; undefined when it leads nowhere. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let current = value;
  for (const step of path) {
    const members = membersOf(current);
    current = members?.find(([key]) => key === step)?.[1];
  }
  return current;
}

/** The text to copy: strings as they are, all else as indented JSON with exact numbers. */
export function copyText(value: unknown): string {
  return typeof value === 'string' ? value : printJson(value);
}

export function printJson(value: unknown): string {
  const exact = new Map<string, string>();
  const text = JSON.stringify(
    value,
    (_key, member) => {
      if (!(member instanceof ExactNumber)) return member;
      const token = `\u0001${exact.size}\u0001`;
      exact.set(JSON.stringify(token), member.text);
      return token;
    },
    2,
  );
  return text?.replace(/"\\u0001\d+\\u0001"/g, (token) => exact.get(token) ?? token) ?? 'null';
}

/**
 * A document to lay beside another: texts inside it that are JSON themselves are unfolded, and
 * texts of several lines are lists of lines, so that a diff shows what differs.
 */
export function printForDiff(text: string): string {
  const parsed = parseJson(text);
  return 'problem' in parsed ? text : printJson(unfoldTexts(parsed.value));
}

function unfoldTexts(value: unknown): unknown {
  if (typeof value === 'string') {
    const parsed = /^\s*[[{]/.test(value) ? parseJson(value) : null;
    if (parsed && !('problem' in parsed)) return parsed.value;
    return value.includes('\n') ? value.split('\n') : value;
  }
  if (Array.isArray(value)) return value.map(unfoldTexts);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unfoldTexts(each)]));
}

/** Paths of keys and scalars that contain `needle`, in document order, at most `most`. */
export function searchJson(value: unknown, needle: string, most = 500): JsonPath[] {
  const wanted = needle.toLowerCase();
  const found: JsonPath[] = [];
  if (!wanted) return found;
  const visit = (current: unknown, path: JsonPath): void => {
    if (found.length >= most) return;
    const key = path.at(-1);
    const members = membersOf(current);
    const inKey = typeof key === 'string' && key.toLowerCase().includes(wanted);
    if (inKey || (!members && scalarText(current).toLowerCase().includes(wanted))) found.push(path);
    for (const [step, member] of members ?? []) visit(member, [...path, step]);
  };
  visit(value, []);
  return found;
}
