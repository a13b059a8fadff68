import type { SpanDetails, SpanRow } from '../../core/protocol.js';
import { formatNanos } from '../lens/lensText.js';

/** Enough of a payload to understand a call; a model's context is dear. */
const maxPayload = 600;
const maxStack = 1_200;

/** One call or span as a line of text: what, how long, how it ended. */
export function describeRow(row: SpanRow): string {
  const indent = '  '.repeat(row.depth);
  const time = row.duration === null ? 'running' : formatNanos(row.duration);
  const outcome = row.outcome ?? (row.status === 2 ? 'error' : '');
  const parts = [row.name, row.detail, `[${row.server}]`, time, outcome].filter(Boolean);
  return `${indent}- ${parts.join(' · ')} (${row.traceId}:${row.spanId})`;
}

/** What explains a failed or a single call: arguments, result, exception, stderr. */
export function describeDetails(details: SpanDetails): string {
  const { row, argumentsText, resultText, exception, logs } = details;
  const lines = [describeRow({ ...row, depth: 0 })];
  if (argumentsText) lines.push(`  arguments: ${cut(argumentsText, maxPayload)}`);
  if (resultText) lines.push(`  result: ${cut(resultText, maxPayload)}`);
  if (details.statusMessage) lines.push(`  status: ${cut(details.statusMessage, maxPayload)}`);
  if (exception) {
    lines.push(
      `  exception: ${cut(exception.stack || `${exception.type}: ${exception.message}`, maxStack)}`,
    );
  }
  for (const log of logs.slice(-10)) {
    const body = typeof log.body === 'string' ? log.body : JSON.stringify(log.body);
    lines.push(`  log: ${cut(body, maxPayload)}`);
  }
  return lines.join('\n');
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}
