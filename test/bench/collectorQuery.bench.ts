import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FullText } from '../../src/collector/fullText.js';
import { Ingest } from '../../src/collector/ingest.js';
import { createQueries } from '../../src/collector/queries.js';
import { Session } from '../../src/collector/session.js';
import type { ViewSpec } from '../../src/core/protocol.js';
import { makeRequest } from './collector/otlpLoad.js';
import { type Figure, percentile } from './figure.js';

const spans = 512;
const bigSpans = 100_000;
const requests = 1758;
const runs = 40;
const page = 60;

/** First pages out of a store of a million spans, one trace of 100,000 among them. */
export default async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
  const session = new Session(join(folder, 'traces.db'));
  const ingest = new Ingest(session);
  for (let seed = 0; seed < requests; seed++) {
    ingest.receive([{ signal: 'traces', body: makeRequest(seed, spans).protobuf }]);
  }
  ingest.receive([{ signal: 'traces', body: makeRequest(9_999, bigSpans, bigSpans).protobuf }]);
  const fullText = new FullText(session);
  const queries = createQueries(session, fullText);
  const big = session.index.refOf(session.index.roots.sorted().at(-1)!);
  const base = { query: '', hiddenLayers: [], expandedByDefault: true, toggled: [] } as const;
  const sessionSpec: ViewSpec = { ...base, scope: { kind: 'session' }, expandedByDefault: false };
  const bigSpec: ViewSpec = { ...base, scope: { kind: 'trace', traceId: big.traceId } };
  const pages = async (spec: ViewSpec, touch: () => void): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < runs; round++) {
      touch();
      const start = performance.now();
      const { rows } = await queries['rows/list']({ spec, from: 0, count: page });
      times.push(performance.now() - start);
      if (rows.length !== page) throw new Error(`${rows.length} rows instead of ${page}`);
    }
    return times;
  };
  // Every asking finds a changed store, as in a live session: one more call has come in between.
  let seed = 20_000;
  const live = (): void => {
    ingest.receive([{ signal: 'traces', body: makeRequest(seed++, 32).protobuf }]);
  };
  const figure = (name: string, times: number[]): Figure => ({
    name,
    unit: 'ms p95',
    value: percentile(times, 0.95),
    runs: times.length,
  });
  const figures = [
    figure('collector.query.calls', await pages(sessionSpec, live)),
    figure('collector.query.trace', await pages(bigSpec, live)),
    figure(
      'collector.query.filtered',
      await pages({ ...sessionSpec, query: 'dur>1ms -name:nothing*' }, live),
    ),
  ];
  const start = performance.now();
  await queries['rows/list']({ spec: { ...bigSpec, toggled: ['x'] }, from: 0, count: page });
  figures.push({
    name: 'collector.query.trace.first',
    unit: 'ms',
    value: performance.now() - start,
    runs: 1,
  });
  fullText.stop();
  session.close();
  rmSync(folder, { recursive: true, force: true });
  return figures;
}
