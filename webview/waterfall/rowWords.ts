/** What a row says besides its name: icons, pills, and one sentence for a screen reader. */
import type { SpanRow } from '../../src/core/protocol.js';
import type { Layer, Outcome } from '../../src/core/trace/model.js';
import { formatDuration } from '../../src/core/view/durations.js';

export const layerNames: Readonly<Record<Layer, string>> = {
  workflow: 'Workflow',
  agent: 'Agent',
  llm: 'LLM',
  tool: 'Tool',
  'mcp-client': 'MCP client',
  wire: 'Wire',
  'mcp-server': 'MCP server',
  internal: 'Inside the server',
};

const layerIcons: Readonly<Record<Layer, string>> = {
  workflow: 'type-hierarchy',
  agent: 'robot',
  llm: 'sparkle',
  tool: 'tools',
  'mcp-client': 'plug',
  wire: 'arrow-swap',
  'mcp-server': 'symbol-method',
  internal: 'symbol-event',
};

export function iconOf(row: SpanRow): string {
  if (row.group) return 'folder';
  if (row.placeholder) return 'question';
  if (row.layer === 'internal') return internalIcon(row.name);
  return layerIcons[row.layer];
}

function internalIcon(name: string): string {
  if (/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b/.test(name)) return 'globe';
  if (/^(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT)\b|\bquery\b|sql/i.test(name)) return 'database';
  return layerIcons.internal;
}

const outcomeNames: Readonly<Record<Exclude<Outcome, 'ok'>, string>> = {
  tool_error: 'tool error',
  protocol_error: 'protocol error',
  payload_error: 'failed in payload',
  cancelled: 'cancelled',
  timeout: 'timed out',
  abandoned: 'abandoned',
  transport_error: 'transport error',
};

export type Tone = 'error' | 'warning' | 'running' | 'muted';
export interface Pill {
  readonly text: string;
  readonly tone: Tone;
}

/** Null when all is well. */
export function pillOf(row: SpanRow): Pill | null {
  if (row.group) {
    return row.group.errors ? { text: `${row.group.errors} failed`, tone: 'error' } : null;
  }
  if (row.placeholder) return { text: 'not received', tone: 'muted' };
  if (row.outcome && row.outcome !== 'ok') {
    const tone = row.outcome === 'cancelled' || row.outcome === 'abandoned' ? 'warning' : 'error';
    return { text: outcomeNames[row.outcome], tone };
  }
  if (row.duration === null) return { text: 'running', tone: 'running' };
  if (row.status === 2) return { text: 'error', tone: 'error' };
  return null;
}

export function failed(row: SpanRow): boolean {
  return pillOf(row)?.tone === 'error';
}

/** What an agent or a model does has no handler in a server, and a header stands for many rows. */
export function hasHandler(row: SpanRow): boolean {
  return !row.group && !row.placeholder && !/^(workflow|agent|llm)$/.test(row.layer);
}

/** A call that the extension's own client can send as well. */
export function isReplayable(row: SpanRow): boolean {
  return /^(tools\/call|prompts\/get|resources\/read)$/.test(row.method ?? '');
}

/** `1.1 s…` while it runs. */
export function durationText(row: SpanRow, now: number): string {
  if (row.placeholder) return '';
  if (row.duration === null) return `${formatDuration(Math.max(0, now - row.start))}…`;
  return formatDuration(row.duration);
}

/** Everything the bar shows, in words. */
export function barSentence(row: SpanRow, now: number): string {
  const parts = [`starts at ${formatDuration(row.start)}`];
  parts.push(
    row.duration === null
      ? `running for ${formatDuration(now - row.start)}`
      : `takes ${formatDuration(row.duration)}`,
  );
  if (row.critical) parts.push('on the critical path');
  // Many short parts of one kind are one number.
  const byKind = new Map<string, number>();
  for (const { kind, duration } of row.parts) byKind.set(kind, (byKind.get(kind) ?? 0) + duration);
  for (const [kind, duration] of byKind) parts.push(`${kind} ${formatDuration(duration)}`);
  if (row.marks.length) parts.push(`${row.marks.length} events`);
  return parts.join(', ');
}
