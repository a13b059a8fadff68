/**
 * The shim on a stdio wire, beside the server alone and beside a Node process that only passes
 * bytes on. Rounds are interleaved, so that a busy machine is busy for all three.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Figure, median, percentile } from './figure.js';
import { LineClient } from './wire/lineClient.js';

const here = resolve('test/bench/wire');
const shim = resolve(process.env.SPANPATH_DIST ?? 'dist', 'shim.js');
const node = process.execPath;
const server = [node, join(here, 'echoServer.mjs')];
const rounds = 7;
/** Many short turns, since the speed of a shared machine drifts within a second. */
const turns = 41;
/** Enough for the telemetry of a turn. */
const restMs = 40;
/** 64 in flight, with rests in which the telemetry of a burst is done. */
const bursts = { calls: 5000, rounds: 41, rest: 120 };
const hello = '{"message":"hello"}';
/** From a client that traces: the server gets as many bytes with the shim as without. */
const tracedHello = `${hello},"_meta":{"traceparent":"00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01"}`;

type Way = 'direct' | 'pipe' | 'splice' | 'shim';
const ways = ['direct', 'pipe', 'shim'] as const satisfies readonly Way[];

export default async function run(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
  const sink = fork(join(here, 'sink.mjs'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(sink.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const env = {
    ...process.env,
    SPANPATH_HOME: home,
    SPANPATH_ENDPOINT: `http://127.0.0.1:${String(line).trim()}`,
  };
  const commands: Record<Way, readonly string[]> = {
    direct: server,
    pipe: [node, join(here, 'barePipe.mjs'), ...server],
    splice: [node, join(here, 'splicingPipe.mjs'), ...server],
    shim: [node, shim, '--name', 'bench', '--', ...server],
  };
  const threaded = [node, join(here, 'pipeWithThread.mjs'), ...server];
  const open = (way: Way) => new LineClient(commands[way], env);
  try {
    return [
      ...(await sequential(open)),
      ...(await pipelined(open)),
      ...(await large(open)),
      await startup(open),
      ...(await memory(open, () => new LineClient(threaded, env))),
    ];
  } finally {
    sink.disconnect();
    rmSync(home, { recursive: true, force: true });
  }
}

type Open = (way: Way) => LineClient;
type Samples = Record<Way, number[]>;
const noSamples = (): Samples => ({ direct: [], pipe: [], splice: [], shim: [] });

function figure(name: string, unit: string, samples: Samples): Figure {
  const value = median(samples.shim);
  const baseline = median(samples.pipe);
  const ratios = samples.shim.map((one, round) => one / (samples.pipe[round] ?? Number.NaN));
  return { name, unit, value, baseline, ratio: median(ratios), runs: samples.shim.length };
}

/** p50 and p99 of an echo call, one after the other. */
async function sequential(open: Open): Promise<Figure[]> {
  const p50 = noSamples();
  const p99 = noSamples();
  const clients = { direct: open('direct'), pipe: open('pipe'), shim: open('shim') };
  for (const way of ways) {
    await clients[way].initialize();
    await time(clients[way], 1500);
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const way of ways) {
      await pause(restMs);
      const times = await time(clients[way], 400);
      p50[way].push(percentile(times, 0.5));
      p99[way].push(percentile(times, 0.99));
    }
  }
  for (const way of ways) await clients[way].close();
  const direct = median(p50.direct);
  return [
    figure('wire.sequential.p50', 'ms', p50),
    figure('wire.sequential.p99', 'ms', p99),
    {
      name: 'wire.sequential.p50.direct',
      unit: 'ms',
      value: median(p50.shim),
      baseline: direct,
      ratio: median(p50.shim) / direct,
      runs: turns,
    },
  ];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function time(client: LineClient, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = performance.now();
    await client.call(hello);
    times.push(performance.now() - start);
  }
  return times;
}

interface Bursts {
  readonly calls: number;
  readonly rounds: number;
  /** ms before each; without it the telemetry of one burst is still at work in the next. */
  readonly rest: number;
}

/** Calls a second with 64 in flight; `.splice` is the least that puts a trace context into them. */
async function pipelined(open: Open): Promise<Figure[]> {
  const name = 'wire.pipelined';
  const rates = await inBursts(open, hello, bursts, [...ways, 'splice']);
  const traced = await inBursts(open, tracedHello, { ...bursts, rounds: 21 });
  const sustained = await inBursts(open, hello, { calls: 20_000, rounds, rest: 0 });
  return [
    figure(name, 'calls/s', rates),
    figure(`${name}.splice`, 'calls/s', { ...rates, shim: rates.splice }),
    figure(`${name}.traced`, 'calls/s', traced),
    figure(`${name}.sustained`, 'calls/s', sustained),
  ];
}

/** Calls a second of every burst. */
async function inBursts(
  open: Open,
  args: string,
  { calls, rounds, rest }: Bursts,
  which: readonly Way[] = ways,
): Promise<Samples> {
  const rates = noSamples();
  const clients = which.map((way) => ({ way, client: open(way) }));
  for (const { client } of clients) {
    await client.initialize();
    // So many that no engine is still compiling.
    await client.pipeline(20_000, 64, args);
  }
  for (let round = 0; round < rounds; round++) {
    for (const { way, client } of clients) {
      await pause(rest);
      const start = performance.now();
      await client.pipeline(calls, 64, args);
      rates[way].push(calls / ((performance.now() - start) / 1000));
    }
  }
  for (const { client } of clients) await client.close();
  return rates;
}

/** p50 of calls with a result of a given size. */
async function large(open: Open): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [label, bytes, calls] of [
    ['1KB', 1024, 500],
    ['100KB', 102_400, 100],
    ['5MB', 5 << 20, 8],
  ] as const) {
    const samples = noSamples();
    const clients = { direct: open('direct'), pipe: open('pipe'), shim: open('shim') };
    for (const way of ways) {
      await clients[way].initialize();
      for (let call = 0; call < calls / 2; call++) await clients[way].call(`{"bytes":${bytes}}`);
    }
    for (let round = 0; round < rounds; round++) {
      for (const way of ways) {
        const times: number[] = [];
        for (let call = 0; call < calls; call++) {
          const start = performance.now();
          await clients[way].call(`{"bytes":${bytes}}`);
          times.push(performance.now() - start);
        }
        samples[way].push(median(times));
      }
    }
    for (const way of ways) await clients[way].close();
    figures.push(figure(`wire.large.${label}`, 'ms', samples));
  }
  return figures;
}

/** From spawn to the answer of `initialize`. */
async function startup(open: Open): Promise<Figure> {
  const samples = noSamples();
  for (let round = -1; round < rounds * 2; round++) {
    for (const way of ways) {
      const start = performance.now();
      const client = open(way);
      await client.initialize();
      if (round >= 0) samples[way].push(performance.now() - start);
      await client.close();
    }
  }
  return figure('wire.startup', 'ms', samples);
}

/**
 * Resident memory: after many calls as fast as they go, at the pace of a busy agent, and while a
 * reader does not take 100 MB of results. Beside the bare pipe, with and without an idle thread.
 */
async function memory(open: Open, openThreaded: () => LineClient): Promise<Figure[]> {
  const steady = await afterMany(open('shim'));
  const bare = await afterMany(open('pipe'));
  const threaded = await afterMany(openThreaded());
  const paced = await afterMany(open('shim'), 500, 10);
  const slow = await whileNobodyReads(open('shim'));
  const beside = (name: string, value: number, baseline: number): Figure => {
    return { name, unit: 'MB', value, baseline, ratio: value / baseline, runs: 1 };
  };
  return [
    beside('wire.rss.steady', steady, bare),
    beside('wire.rss.steady.thread', steady, threaded),
    { name: 'wire.rss.paced', unit: 'MB', value: paced, runs: 1 },
    { name: 'wire.rss.slow', unit: 'MB', value: slow, runs: 1 },
  ];
}

async function afterMany(client: LineClient, calls = 10_000, everyMs = 0): Promise<number> {
  await client.initialize();
  for (let call = 0; call < calls; call++) {
    await client.call(hello);
    if (everyMs > 0) await pause(everyMs);
  }
  await pause(1500);
  const steady = client.residentMb('VmRSS');
  await client.close();
  return steady;
}

async function whileNobodyReads(client: LineClient): Promise<number> {
  await client.initialize();
  client.pause();
  for (let call = 0; call < 20; call++) client.ask(`{"bytes":${5 << 20}}`);
  await pause(2500);
  const peak = client.residentMb('VmHWM');
  await client.resume();
  await client.close();
  return peak;
}
