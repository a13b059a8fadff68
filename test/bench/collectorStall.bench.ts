import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ViewSpec } from '../../src/core/protocol.js';
import { makeRequest } from './collector/otlpLoad.js';
import { startWorker } from './collector/workerCollector.js';
import { type Figure, median } from './figure.js';

const spans = 512;
const spansPerSecond = 50_000;
const seconds = 4;
const rounds = 3;

/**
 * How late timers of the extension host are (p99) while 50,000 spans a second reach the collector
 * in its worker and the host asks for a page with every change, as for a view; beside it the same
 * host with nothing arriving.
 */
export default async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
  const load = join(folder, 'load');
  mkdirSync(load);
  for (let body = 0; body < 200; body++) {
    writeFileSync(join(load, String(body)), makeRequest(body, spans).protobuf);
  }
  const { endpoint, token, rpc, stop } = await startWorker(join(folder, 'traces.db'));
  const spec: ViewSpec = {
    query: '',
    scope: { kind: 'session' },
    hiddenLayers: [],
    expandedByDefault: true,
    toggled: [],
  };
  let asking = false;
  rpc.on('session/changed', () => {
    if (asking) return;
    asking = true;
    void rpc.request('rows/list', { spec, from: 0, count: 60 }).finally(() => {
      asking = false;
    });
  });
  const idle: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < rounds; round++) {
    idle.push(await measureDelay(() => new Promise((done) => setTimeout(done, seconds * 1000))));
    const rate = spansPerSecond / spans;
    const script = 'test/bench/collector/sendSteadily.mjs';
    const args = [script, endpoint, token, load, String(rate), String(seconds), String(round * 10)];
    busy.push(
      await measureDelay(
        () =>
          new Promise((done) => {
            spawn(process.execPath, args, { stdio: 'ignore' }).once('exit', done);
          }),
      ),
    );
  }
  const { spans: arrived } = await rpc.request('session/summary', null);
  await stop();
  rmSync(folder, { recursive: true, force: true });
  const value = median(busy);
  const baseline = median(idle);
  return [
    { name: 'host.stall', unit: 'ms p99', value, baseline, ratio: value / baseline, runs: rounds },
    // Whether the machine kept up: sender, host and collector share its processors.
    {
      name: 'host.stall.arrived',
      unit: 'kspans/s',
      value: arrived / (seconds * rounds) / 1000,
      baseline: spansPerSecond / 1000,
      ratio: arrived / (seconds * rounds) / spansPerSecond,
      runs: rounds,
    },
  ];
}

async function measureDelay(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6;
}
