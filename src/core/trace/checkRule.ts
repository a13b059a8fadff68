import { parseDuration } from './queryValues.js';

/** What a rule measures over the calls that its query finds. */
export const measures = [
  'calls',
  'errors',
  'error_rate',
  'min',
  'mean',
  'p50',
  'p95',
  'p99',
  'max',
] as const;
export type Measure = (typeof measures)[number];
type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** `p95(tool:search) < 200ms`; durations in ns, rates as parts of 1. */
export interface CheckRule {
  readonly text: string;
  readonly measure: Measure;
  readonly query: string;
  readonly comparison: Comparison;
  readonly limit: number;
}

export class RuleError extends Error {
  override readonly name = 'RuleError';
}

const pattern = /^\s*(\w+)\s*\((.*)\)\s*(<=|>=|==|!=|<|>)\s*([^<>=!()]+?)\s*$/s;

/** @throws RuleError saying what a rule looks like. */
export function parseRule(text: string): CheckRule {
  const match = pattern.exec(text);
  if (!match) {
    throw new RuleError(`'${text}' is no rule; a rule is as 'p95(tool:search) < 200ms'`);
  }
  const [, measure, query, comparison, limit] = match as unknown as [string, ...string[]];
  if (!(measures as readonly string[]).includes(measure!)) {
    throw new RuleError(`'${measure}' cannot be measured; one of ${measures.join(', ')}`);
  }
  return {
    text,
    measure: measure as Measure,
    query: query!.trim(),
    comparison: comparison as Comparison,
    limit: parseLimit(measure as Measure, limit!),
  };
}

function parseLimit(measure: Measure, text: string): number {
  if (measure === 'calls' || measure === 'errors') {
    if (/^\d+$/.test(text)) return Number(text);
    throw new RuleError(`'${text}' is no count`);
  }
  if (measure === 'error_rate') {
    const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
    if (match) return Number(match[1]) / (match[2] ? 100 : 1);
    throw new RuleError(`'${text}' is no rate; as 0.05 or 5%`);
  }
  const nanos = parseDuration(text);
  if (nanos === null) throw new RuleError(`'${text}' is no duration; as 200ms`);
  return nanos;
}

/** What a rule's query found. */
export interface MeasuredCalls {
  readonly calls: number;
  readonly errors: number;
  /** Of finished calls, in ns, ascending. */
  readonly durations: ArrayLike<number>;
}

/** The measured value; null when no call was found that it could be taken of. */
export function measureCalls(measure: Measure, found: MeasuredCalls): number | null {
  const { calls, errors, durations } = found;
  if (measure === 'calls') return calls;
  if (measure === 'errors') return errors;
  if (measure === 'error_rate') return calls === 0 ? null : errors / calls;
  const count = durations.length;
  if (count === 0) return null;
  switch (measure) {
    case 'min':
      return durations[0]!;
    case 'max':
      return durations[count - 1]!;
    case 'mean': {
      let sum = 0;
      for (let place = 0; place < count; place++) sum += durations[place]!;
      return sum / count;
    }
    default: {
      const share = Number(measure.slice(1)) / 100;
      return durations[Math.max(0, Math.ceil(count * share) - 1)]!;
    }
  }
}

export function holds(rule: CheckRule, value: number): boolean {
  switch (rule.comparison) {
    case '<':
      return value < rule.limit;
    case '<=':
      return value <= rule.limit;
    case '>':
      return value > rule.limit;
    case '>=':
      return value >= rule.limit;
    case '==':
      return value === rule.limit;
    default:
      return value !== rule.limit;
  }
}
