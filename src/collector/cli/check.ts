import {
  type CheckRule,
  holds,
  measureCalls,
  parseRule,
  RuleError,
} from '../../core/trace/checkRule.js';
import { QueryError } from '../../core/trace/queryParse.js';
import { measureFound } from './findCalls.js';
import { formatDuration } from './formatText.js';
import { openStore } from './openStore.js';
import { readOptions, UsageError } from './usage.js';

const help = `Usage: spanpath check --db FILE RULE…

Holds recorded calls against rules; exits 1 when one fails.

  RULE        MEASURE(QUERY) COMPARISON LIMIT
              'p95(tool:search) < 200ms'   'errors(server:weather) == 0'
              'error_rate(layer:wire) <= 5%'   'calls(tool:search) >= 1'
  measures    calls errors error_rate min mean p50 p95 p99 max
  A measure of no calls at all fails, except calls and errors: nothing was tested.
`;

export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions({
    args: [...args],
    allowPositionals: true,
    options: { db: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length === 0)
    throw new UsageError("a RULE is wanted, as 'p95(tool:search) < 200ms'");
  const rules = positionals.map(readRule);
  const store = await openStore(values.db);
  let failed = 0;
  try {
    for (const rule of rules) {
      const value = measureCalls(rule.measure, measureFound(store, rule.query));
      const passed = value !== null && holds(rule, value);
      if (!passed) failed++;
      const said = value === null ? 'no call matches' : formatValue(rule, value);
      process.stdout.write(`${passed ? 'ok  ' : 'FAIL'}  ${rule.text}  (${said})\n`);
    }
  } catch (error) {
    if (error instanceof QueryError) throw new UsageError(error.message);
    throw error;
  } finally {
    store.close();
  }
  return failed > 0 ? 1 : 0;
}

function readRule(text: string): CheckRule {
  try {
    return parseRule(text);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(error.message);
    throw error;
  }
}

function formatValue({ measure }: CheckRule, value: number): string {
  if (measure === 'calls' || measure === 'errors') return String(value);
  if (measure === 'error_rate') return `${Number((value * 100).toPrecision(3))}%`;
  return formatDuration(value);
}
