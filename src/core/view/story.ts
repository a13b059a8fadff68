/** An agent run told from its rows: what it did, and for a failed one where the failure lives. */

import type { SpanRow } from '../protocol.js';
import { formatCost, formatCount } from './durations.js';

/**
 * `inference`: the model's provider refused or broke. `tool`: the handler failed and said so.
 * `payload`: the answer was a success whose content says that it failed, and the run went on.
 * `transport`: no answer came. `protocol`: the call itself was wrong.
 */
export type FailurePlace = 'inference' | 'tool' | 'payload' | 'transport' | 'protocol';

export interface RunFailure {
  readonly place: FailurePlace;
  readonly row: SpanRow;
  readonly sentence: string;
}

export interface RunStory {
  readonly root: SpanRow;
  readonly rounds: number;
  readonly calls: number;
  readonly tokens: { readonly input: number; readonly output: number } | null;
  /** Every failure in order of time; the decisive one is `failure`. */
  readonly failures: readonly RunFailure[];
  /** Where the run went wrong: the last failure of a failed run, the first unread one else. */
  readonly failure: RunFailure | null;
  /** `3 rounds of inference · 2 tool calls · 1,926 → 165 tokens` */
  readonly summary: string;
}

/** Null when these rows are no agent run. */
export function tellRun(rows: readonly SpanRow[]): RunStory | null {
  const root = rows.find((row) => row.layer === 'workflow' || row.layer === 'agent');
  if (!root) return null;
  const models = rows.filter((row) => row.layer === 'llm');
  const calls = outermostCalls(rows);
  const tokens = models.reduce<RunStory['tokens']>((sum, { tokens: used }) => {
    if (!used) return sum;
    return { input: (sum?.input ?? 0) + used.input, output: (sum?.output ?? 0) + used.output };
  }, null);
  const costs = models.flatMap(({ cost }) => cost ?? []);
  // A sum over some of the rounds would read as the price of all.
  const cost = costs.length && costs.length === models.length ? sumOf(costs) : null;
  const failures = failuresOf(rows, models);
  return {
    root,
    rounds: models.length,
    calls: calls.length,
    tokens,
    failures,
    failure: decisive(root, failures),
    summary: [
      plural(models.length, 'round of inference', 'rounds of inference'),
      plural(calls.length, 'tool call', 'tool calls'),
      tokens && `${formatCount(tokens.input)} → ${formatCount(tokens.output)} tokens`,
      cost !== null && formatCost(cost),
    ]
      .filter(Boolean)
      .join(' · '),
  };
}

const callLayers = new Set(['tool', 'mcp-client', 'wire']);

/** `execute_tool`, client span and wire span of one call are one call. */
function outermostCalls(rows: readonly SpanRow[]): SpanRow[] {
  const found: SpanRow[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > below) continue;
    below = Number.POSITIVE_INFINITY;
    if (!callLayers.has(row.layer)) continue;
    below = row.depth;
    found.push(row);
  }
  return found;
}

function failuresOf(rows: readonly SpanRow[], models: readonly SpanRow[]): RunFailure[] {
  const failures: RunFailure[] = [];
  const wentOnAfter = (row: SpanRow) =>
    models.some((model) => model.start > row.start && model.status !== 2);
  for (const row of rows) {
    if (row.layer === 'llm' && row.status === 2) {
      const sentence = `Inference failed: ${row.name} ${row.detail}`.trim();
      failures.push({ place: 'inference', row, sentence });
    }
    if (row.layer !== 'wire' || row.outcome === null || row.outcome === 'ok') continue;
    const failure = failedCall(row, wentOnAfter(row));
    if (failure) failures.push(failure);
  }
  return failures.sort((a, b) => a.row.start - b.row.start);
}

function failedCall(row: SpanRow, wentOn: boolean): RunFailure | null {
  const went = wentOn ? ', and the run went on' : '';
  switch (row.outcome) {
    case 'payload_error':
      return {
        place: 'payload',
        row,
        sentence: `${row.name} answered with success, but its payload says that it failed${
          wentOn ? ', and the model read it as a success' : ''
        }`,
      };
    case 'tool_error':
      return { place: 'tool', row, sentence: `${row.name} failed in its handler${went}` };
    case 'protocol_error':
      return { place: 'protocol', row, sentence: `${row.name} was refused by the server${went}` };
    case 'timeout':
    case 'abandoned':
    case 'transport_error':
      return { place: 'transport', row, sentence: `${row.name} got no answer${went}` };
    default:
      return null;
  }
}

/** What ended the run; in a run that says it went well, what it did not notice. */
function decisive(root: SpanRow, failures: readonly RunFailure[]): RunFailure | null {
  if (root.status === 2) return failures.at(-1) ?? null;
  return failures.find((failure) => failure.place === 'payload') ?? failures.at(-1) ?? null;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number);
}

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
