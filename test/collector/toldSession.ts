import { FullText } from '../../src/collector/fullText.js';
import { Ingest } from '../../src/collector/ingest.js';
import { createQueries } from '../../src/collector/queries.js';
import { Session } from '../../src/collector/session.js';
import type { SpanRow, ViewSpec } from '../../src/core/protocol.js';
import { encodeTold, mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { everything } from './running.js';

/** A session that was told spans, and its queries, without a server. */
export function sessionOf(spans: readonly Told[]) {
  const session = new Session(null);
  const ingest = new Ingest(session);
  const tell = (told: Told): void => {
    ingest.receive([{ signal: 'traces', body: encodeTold(told) }]);
  };
  for (const told of spans) tell(told);
  const queries = createQueries(session, new FullText(session));
  const rows = async (spec: Partial<ViewSpec> = {}, from = 0, count = 1000) =>
    queries['rows/list']({ spec: { ...everything, ...spec }, from, count });
  return { session, ingest, queries, rows, tell };
}

/** Rows as `depth name`. */
export const names = (rows: readonly SpanRow[]): string[] =>
  rows.map((row) => `${row.depth} ${row.name}`);
export const idOf = (short: string): string => `${theTrace}:${spanId(short)}`;

/** An agent run, told whole. */
export const run: Told[] = [
  {
    id: 'agent',
    name: 'invoke_agent bot',
    duration: 1000,
    attributes: { 'gen_ai.operation.name': 'invoke_agent' },
    service: 'agent',
  },
  {
    id: 'chat',
    parent: 'agent',
    kind: 3,
    start: 5,
    duration: 100,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 3,
    },
    service: 'agent',
  },
  {
    id: 'wire',
    parent: 'agent',
    kind: 3,
    start: 110,
    duration: 200,
    attributes: mcp('search'),
    scope: 'spanpath.shim',
  },
  {
    id: 'srv',
    parent: 'wire',
    kind: 2,
    start: 120,
    duration: 180,
    attributes: mcp('search', { 'code.file.path': '/w/a.ts', 'code.line.number': 4 }),
  },
  {
    id: 'http',
    parent: 'srv',
    kind: 3,
    start: 150,
    duration: 100,
    attributes: { 'http.request.method': 'GET', 'url.path': '/x' },
    status: 2,
  },
  {
    id: 'other',
    trace: 'e'.repeat(32),
    kind: 3,
    start: 400,
    duration: 10,
    attributes: mcp('send'),
    scope: 'spanpath.shim',
    service: 'mail',
  },
];
