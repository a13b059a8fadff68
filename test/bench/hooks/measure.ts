/** Times an echo server with and without a hook, side by side and taking turns. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { parent } from '../../interop/support/hooks.js';
import { type ServerCommand, StdioClient } from '../../interop/support/stdioClient.js';
import { type Figure, median } from '../figure.js';

const starts = 15;

export interface Pace {
  /** Of each sort: two processes of the same program differ by more than a hook costs. */
  readonly servers: number;
  /** Calls of one server before anything is timed, its turns, and the calls of a turn. */
  readonly warmUp: number;
  readonly rounds: number;
  readonly turn: number;
}

/** `context`, where there is one: with the least that holds a call's context. */
export interface Environments {
  readonly plain: NodeJS.ProcessEnv;
  readonly hooked: NodeJS.ProcessEnv;
  readonly context?: NodeJS.ProcessEnv;
}

/** A receiver in a process of its own, as the collector is: it reads, answers and forgets. */
export async function startSink(): Promise<{ endpoint: string; stop(): void }> {
  const source = `require('node:http').createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('{}'));
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return { endpoint: `http://127.0.0.1:${String(port).trim()}`, stop: () => child.kill() };
}

export async function measure(
  name: string,
  command: Omit<ServerCommand, 'env'>,
  environments: Environments,
  pace: Pace,
): Promise<Figure[]> {
  return [
    ...(await measureCalls(`hooks.call.${name}`, command, environments, pace)),
    await measureStarts(`hooks.startup.${name}`, command, environments),
  ];
}

/**
 * Holds this process, and what it starts from now on, to some CPUs (Linux). Where two processes
 * take turns on two CPUs, the scheduler decides whether each message wakes a sleeping CPU, which
 * costs more than a call does; the receiver, started before, stays free to run elsewhere.
 */
function holdTo(list: string): void {
  spawnSync('taskset', ['-apc', list, String(process.pid)]);
}

/**
 * The whole round trip of an echo call over stdio, client and server on one CPU. The time is the
 * median of all turns' medians; the ratio is that of a turn to the turn without a hook beside it,
 * and of these the median: a machine that is slower for a second is so for both.
 */
async function measureCalls(
  name: string,
  command: Omit<ServerCommand, 'env'>,
  environments: Environments,
  { servers, warmUp, rounds, turn }: Pace,
): Promise<Figure[]> {
  holdTo('0');
  const ways = Object.values<NodeJS.ProcessEnv>({ ...environments });
  const groups = Array.from({ length: servers }, () =>
    ways.map((env) => ({
      client: new StdioClient({ ...command, env }),
      turns: [] as number[],
    })),
  );
  try {
    for (const { client } of groups.flat()) {
      await client.initialize();
      for (let at = 0; at < warmUp; at++) await callOnce(client);
      client.stdout = '';
    }
    for (let round = 0; round < rounds; round++) {
      // Each has each neighbour: what a server still has to do after its turn falls into the next.
      const order = groups.flatMap((group) =>
        group.map((_, at) => group[(at + round) % group.length]),
      );
      for (const member of order) {
        if (!member) continue;
        const { client, turns } = member;
        const times: number[] = [];
        for (let call = 0; call < turn; call++) times.push(await callOnce(client));
        turns.push(median(times));
        // Kept for tests, and here only more to collect.
        client.stdout = '';
      }
    }
  } finally {
    for (const { client } of groups.flat()) client.kill();
    holdTo(`0-${cpus().length - 1}`);
  }
  const turnsOf = (way: number): number[] => groups.flatMap((group) => group[way]?.turns ?? []);
  const plain = turnsOf(0);
  const runs = servers * rounds * turn;
  const beside = (figure: string, way: number): Figure => {
    const turns = turnsOf(way);
    const ratio = median(turns.map((time, at) => time / (plain[at] ?? Number.NaN)));
    return { name: figure, unit: 'ms', value: median(turns), baseline: median(plain), ratio, runs };
  };
  return [beside(name, 1), ...(ways.length > 2 ? [beside(`${name}.context`, 2)] : [])];
}

async function callOnce(client: StdioClient): Promise<number> {
  const start = performance.now();
  await client.callTool('echo', { text: 'hi' }, parent.traceparent);
  return performance.now() - start;
}

/** From spawn to the answer of `initialize`. */
async function measureStarts(
  name: string,
  command: Omit<ServerCommand, 'env'>,
  environments: Environments,
): Promise<Figure> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < starts; round++) {
    for (const [at, env] of [environments.plain, environments.hooked].entries()) {
      const start = performance.now();
      const client = new StdioClient({ ...command, env });
      await client.initialize();
      times[at as 0 | 1].push(performance.now() - start);
      client.kill();
    }
  }
  const [baseline, value] = [median(times[0]), median(times[1])];
  return { name, unit: 'ms', value, baseline, ratio: value / baseline, runs: starts };
}
