import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ViewSpec } from '../../src/core/protocol.js';
import { bigRow, bigTrace, callRow, millionSpans } from './collector/millionSpans.js';
import { makeRequest } from './collector/otlpLoad.js';
import { startWorker, type WorkerCollector } from './collector/workerCollector.js';
import { type Figure, percentile } from './figure.js';

const page = 60;
const askings = 25;
const spansOfBody = 512;
const spansPerSecond = 10_000;
const streamSeconds = 5;

const base = { query: '', hiddenLayers: [], expandedByDefault: true, toggled: [] } as const;
const calls: ViewSpec = { ...base, scope: { kind: 'session' } };
const trace: ViewSpec = { ...base, scope: { kind: 'trace', traceId: bigTrace } };

/**
 * First pages out of a store of a million spans, asked of the worker as the extension asks, over
 * its port: while it still reads the store, when it has just read it, of views it has never seen,
 * and again and again while spans stream in over HTTP.
 */
export default async function run(): Promise<Figure[]> {
  const kept = millionSpans();
  const folder = mkdtempSync(join('out/bench', 'query-'));
  const path = join(folder, 'traces.db');
  copyFileSync(kept, path);
  const load = join(folder, 'load');
  mkdirSync(load);
  for (let seed = 0; seed < 40; seed++) {
    writeFileSync(join(load, String(seed)), makeRequest(20_000 + seed, spansOfBody).protobuf);
  }
  const worker = await startWorker(path);
  const figures: Figure[] = [];
  const note = (name: string, times: readonly number[]): void => {
    figures.push({ name, unit: 'ms p95', value: percentile(times, 0.95), runs: times.length });
  };
  const opening: number[] = [];
  for (let spans = 0; spans < 990_000; await delay(20)) {
    opening.push(await ask(worker, calls));
    ({ spans } = await worker.rpc.request('session/summary', null));
  }
  note('collector.query.calls.opening', opening);
  // Views that this collector has not been asked for: another row is closed in each.
  const fresh = async (spec: ViewSpec, rowOf: (place: number) => string): Promise<number[]> => {
    const times: number[] = [];
    for (let asking = 0; asking < askings; asking++) {
      times.push(await ask(worker, { ...spec, toggled: [rowOf(asking)] }));
    }
    return times;
  };
  note('collector.query.calls', [await ask(worker, calls), ...(await fresh(calls, callRow))]);
  note('collector.query.trace', [await ask(worker, trace), ...(await fresh(trace, bigRow))]);
  const filters = Array.from(
    { length: askings },
    (_, place) => `dur>${place + 1}ms -name:no${place}*`,
  );
  const filtered: number[] = [];
  for (const query of filters) filtered.push(await ask(worker, { ...calls, query }));
  note('collector.query.filtered', filtered);
  for (const [name, spec] of [
    ['collector.query.calls.streaming', calls],
    ['collector.query.trace.streaming', trace],
    ['collector.query.filtered.streaming', { ...calls, query: 'dur>1ms -name:nothing*' }],
  ] as const) {
    note(name, await askWhileStreaming(worker, load, spec, figures.length));
  }
  await worker.stop();
  rmSync(folder, { recursive: true, force: true });
  return figures;
}

/** ms until the page that a view asks for first is there: the last rows. */
async function ask({ rpc }: WorkerCollector, spec: ViewSpec): Promise<number> {
  const start = performance.now();
  await rpc.request('rows/list', { spec, from: -1, count: page });
  return performance.now() - start;
}

/** As a view does: at every change that the collector tells of. */
async function askWhileStreaming(
  worker: WorkerCollector,
  load: string,
  spec: ViewSpec,
  round: number,
): Promise<number[]> {
  await ask(worker, spec);
  const times: number[] = [];
  let asking: Promise<void> | null = null;
  const stop = worker.rpc.on('session/changed', () => {
    asking ??= ask(worker, spec).then((time) => {
      times.push(time);
      asking = null;
    });
  });
  const rate = spansPerSecond / spansOfBody;
  const script = 'test/bench/collector/sendSteadily.mjs';
  const { endpoint, token } = worker;
  const args = [
    script,
    endpoint,
    token,
    load,
    String(rate),
    String(streamSeconds),
    String(round * 100),
  ];
  await new Promise((done) =>
    spawn(process.execPath, args, { stdio: 'ignore' }).once('exit', done),
  );
  await asking;
  stop();
  return times;
}
