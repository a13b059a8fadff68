import * as vscode from 'vscode';
import type { SpanRow, ViewSpec } from '../../core/protocol.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import { describeDetails, describeRow } from './traceAnswer.js';

interface Input {
  /** The view's query language; '' for the newest calls. */
  readonly query?: string;
  readonly limit?: number;
}

const defaultLimit = 20;
const maxLimit = 100;
/** Failed calls are told in full, but not all of a long list. */
const maxDetails = 5;

export const traceToolName = 'spanpath_traces';

/** Lets a model read the recorded calls; it can change nothing. */
export class TraceTool implements vscode.LanguageModelTool<Input> {
  constructor(private readonly collector: CollectorClient) {}

  async invoke({
    input,
  }: vscode.LanguageModelToolInvocationOptions<Input>): Promise<vscode.LanguageModelToolResult> {
    const text = await this.answer(input.query ?? '', clamp(input.limit));
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
  }

  private async answer(query: string, limit: number): Promise<string> {
    const spec: ViewSpec = {
      query,
      scope: { kind: 'session' },
      hiddenLayers: [],
      expandedByDefault: true,
      toggled: [],
    };
    const { total, queryError } = await this.collector.request('rows/list', {
      ...{ spec, from: 0, count: 1 },
    });
    if (queryError) return `The query cannot be read: ${queryError.message}`;
    if (total === 0) return 'No recorded call matches.';
    const from = Math.max(0, total - limit);
    const { rows } = await this.collector.request('rows/list', { spec, from, count: limit });
    const failed = rows.filter(isFailedCall).slice(-maxDetails);
    const explained = rows.length === 1 ? rows : failed;
    const details = await Promise.all(
      explained.map(({ traceId, spanId }) =>
        this.collector.request('span/details', { traceId, spanId }),
      ),
    );
    return [
      `${total} rows match, the newest ${rows.length} in order of time; rows below a call are indented:`,
      ...rows.map(describeRow),
      ...(details.length ? ['', 'In full:'] : []),
      ...details.flatMap((each) => (each ? [describeDetails(each)] : [])),
    ].join('\n');
  }
}

function isFailedCall(row: SpanRow): boolean {
  return row.outcome !== null && row.outcome !== 'ok' && row.outcome !== 'cancelled';
}

function clamp(limit: number | undefined): number {
  return Math.min(maxLimit, Math.max(1, Math.trunc(limit ?? defaultLimit) || defaultLimit));
}
