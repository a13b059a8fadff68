import { layers, outcomes } from './model.js';
import { queryKeys, spanKinds, statuses } from './queryKeys.js';
import { nameTest } from './queryNames.js';
import { QueryError, type QueryNode } from './queryParse.js';
import { parseDuration, textMatcher } from './queryValues.js';
import { flag, noOutcome } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

/** Whether the span in a slot matches. */
export type Predicate = (slot: number) => boolean;

/** What the index does not hold and a query may ask for. */
export interface QuerySource {
  readonly index: SpanIndex;
  serverName(slot: number): string;
  scopeName(slot: number): string;
  /** The name that its row shows (`describeRow`); '' when the span is not there. */
  rowName(slot: number): string;
  /** Text of an attribute of the span or its resource; undefined when it has none. */
  attribute(slot: number, key: string): string | number | undefined;
  /** Whether name, arguments, result or logs hold the text, in any case. */
  contains(slot: number, text: string): boolean;
}

type Field = Extract<QueryNode, { kind: 'field' }>;
const okOutcome = outcomes.indexOf('ok');
const cancelled = outcomes.indexOf('cancelled');
/** Processes read their clocks apart, ns. */
const clockToleranceNs = 2e6;

/** @throws QueryError for an unknown key or a value that cannot be. */
export function compileQuery(node: QueryNode, source: QuerySource): Predicate {
  switch (node.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = node.nodes.map((part) => compileQuery(part, source));
      if (parts.length === 1) return parts[0]!;
      return (slot) => parts.every((part) => part(slot));
    }
    case 'or': {
      const parts = node.nodes.map((part) => compileQuery(part, source));
      if (parts.length === 1) return parts[0]!;
      return (slot) => parts.some((part) => part(slot));
    }
    case 'not': {
      const inner = compileQuery(node.node, source);
      return (slot) => !inner(slot);
    }
    case 'text': {
      const text = node.text.toLowerCase();
      return (slot) => source.contains(slot, text);
    }
    case 'field':
      return compileField(node, source);
  }
}

/** Whether a slot is in error: its status says so, or its call did not end well. */
export function isError(index: SpanIndex, slot: number): boolean {
  const { outcome, status } = index.columns;
  const ended = outcome[slot]!;
  const failed =
    ended === noOutcome ? status[slot] === 2 : ended !== okOutcome && ended !== cancelled;
  return failed && !endedByCancel(index, slot);
}

/**
 * Whether what a slot stands for failed because a call around it was cancelled: it was still at
 * work when that call ended.
 */
export function endedByCancel(index: SpanIndex, slot: number): boolean {
  const { columns } = index;
  const end = index.startOf(slot) + columns.duration[slot]!;
  for (let above = columns.parent[slot]!; above !== -1; above = columns.parent[above]!) {
    if (columns.outcome[above] !== cancelled) continue;
    return end >= index.startOf(above) + columns.duration[above]! - clockToleranceNs;
  }
  return false;
}

function compileField(field: Field, source: QuerySource): Predicate {
  const { index } = source;
  const { columns, names } = index;
  const { key, operator, values } = field;
  if (key.startsWith('attr.')) return compileAttribute(field, source);
  if (key === 'dur' || key === 'duration') return compileDuration(field, index);
  if (operator !== ':' && operator !== '=') {
    throw new QueryError(`“${key}” can be compared with “:” only`, field.from, field.to);
  }
  // Columns are looked up at every asking: they are replaced when they grow.
  const oneOf = (all: readonly string[], column: 'layer' | 'kind' | 'outcome'): Predicate => {
    const wanted = new Set(values.map((value) => pick(field, value, all)));
    return (slot) => wanted.has(columns[column][slot]!);
  };
  const byName = (idOf: (slot: number) => number): Predicate => {
    const matches = values.map(textMatcher);
    const known = new Map<number, boolean>();
    return (slot) => {
      const id = idOf(slot);
      let answer = known.get(id);
      if (answer === undefined) {
        const text = names.text(id);
        answer = id !== 0 && matches.some((match) => match(text));
        known.set(id, answer);
      }
      return answer;
    };
  };
  const withMethod = (prefix: string): Predicate => {
    const target = byName((slot) => columns.target[slot]!);
    const method = memo((id) => names.text(id).startsWith(prefix) || id === 0);
    return (slot) => target(slot) && method(columns.method[slot]!);
  };
  switch (key) {
    case 'tool':
      return withMethod('tools/');
    case 'prompt':
      return withMethod('prompts/');
    case 'resource':
      return withMethod('resources/');
    case 'method':
      return byName((slot) => columns.method[slot]!);
    case 'name':
      return nameTest(source, values);
    case 'server': {
      const matches = values.map(textMatcher);
      return (slot) => matches.some((match) => match(source.serverName(slot)));
    }
    case 'scope': {
      const matches = values.map(textMatcher);
      return (slot) => matches.some((match) => match(source.scopeName(slot)));
    }
    case 'layer':
      return oneOf(layers, 'layer');
    case 'kind':
      return oneOf(spanKinds, 'kind');
    case 'outcome':
      return oneOf(outcomes, 'outcome');
    case 'status':
      return any(values, (value) => statusIs(pick(field, value, statuses), index));
    case 'is':
      return any(values, (value) => whatIs(field, value, index));
    case 'has':
      pick(field, values[0]!, ['content']);
      return (slot) => (columns.flags[slot]! & flag.content) !== 0;
    case 'trace':
      return (slot) => values.some((value) => startsWithId(index.refOf(slot).traceId, value));
    case 'span':
      return (slot) => values.some((value) => startsWithId(index.refOf(slot).spanId, value));
    case 'after':
    case 'before': {
      const at = Number(parseTime(field) - index.originNanos);
      return key === 'after'
        ? (slot) => index.startOf(slot) >= at
        : (slot) => index.startOf(slot) < at;
    }
    default: {
      const known = queryKeys.map((entry) => entry.key).join(', ');
      throw new QueryError(`“${key}” is not known; try ${known}`, field.from, field.to);
    }
  }
}

function any(values: readonly string[], make: (value: string) => Predicate): Predicate {
  const parts = values.map(make);
  return (slot) => parts.some((part) => part(slot));
}

function memo(compute: (id: number) => boolean): (id: number) => boolean {
  const known = new Map<number, boolean>();
  return (id) => {
    let answer = known.get(id);
    if (answer === undefined) {
      answer = compute(id);
      known.set(id, answer);
    }
    return answer;
  };
}

function statusIs(status: number, index: SpanIndex): Predicate {
  const { columns } = index;
  switch (statuses[status]) {
    case 'error':
      return (slot) => isError(index, slot);
    case 'running':
      return (slot) => columns.duration[slot]! < 0;
    case 'ok':
      return (slot) => columns.duration[slot]! >= 0 && !isError(index, slot);
    default:
      return (slot) => columns.status[slot] === 0;
  }
}

function whatIs(field: Field, value: string, index: SpanIndex): Predicate {
  const { columns } = index;
  const choices = ['call', 'root', 'running', 'error'] as const;
  switch (choices[pick(field, value, choices)]) {
    case 'call':
      return (slot) => (columns.flags[slot]! & flag.call) !== 0;
    case 'root':
      return (slot) => columns.parent[slot] === -1;
    case 'running':
      return (slot) => columns.duration[slot]! < 0;
    default:
      return (slot) => isError(index, slot);
  }
}

function pick(field: Field, value: string, all: readonly string[]): number {
  const found = all.indexOf(value.toLowerCase());
  if (found >= 0) return found;
  throw new QueryError(
    `“${value}” is no ${field.key}; one of ${all.join(', ')}`,
    field.from,
    field.to,
  );
}

function startsWithId(id: string, value: string): boolean {
  return id.startsWith(value.toLowerCase().replace(/…$/, ''));
}

function compareBy(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
    default:
      return left === right;
  }
}

function compileDuration(field: Field, index: SpanIndex): Predicate {
  const wanted = parseDuration(field.values[0]!);
  if (wanted === null) {
    throw new QueryError('a duration is a number and a unit, as 200ms', field.from, field.to);
  }
  const { columns } = index;
  return (slot) => {
    const duration = columns.duration[slot]!;
    return duration >= 0 && compareBy(field.operator, duration, wanted);
  };
}

function compileAttribute(field: Field, source: QuerySource): Predicate {
  const key = field.key.slice('attr.'.length);
  const { operator, values } = field;
  if (operator === ':' || operator === '=') {
    const matches = values.map(textMatcher);
    return (slot) => {
      const value = source.attribute(slot, key);
      return value !== undefined && matches.some((match) => match(String(value)));
    };
  }
  const wanted = Number(values[0]);
  if (Number.isNaN(wanted)) throw new QueryError('wants a number', field.from, field.to);
  return (slot) => {
    const value = source.attribute(slot, key);
    return value !== undefined && compareBy(operator, Number(value), wanted);
  };
}

function parseTime(field: Field): bigint {
  const [text] = field.values as [string];
  if (/^\d{16,20}$/.test(text)) return BigInt(text);
  // `Date` knows milliseconds only; the digits behind the point are read here.
  const [, before = text, digits = '', after = ''] = /^(.*:\d\d)\.(\d{1,9})(.*)$/.exec(text) ?? [];
  const millis = Date.parse(before + after);
  if (Number.isNaN(millis)) {
    throw new QueryError('a time is as 2026-03-01T12:00:00Z', field.from, field.to);
  }
  return BigInt(millis) * 1_000_000n + BigInt(digits.padEnd(9, '0'));
}
