/** Times an echo server with and without a hook, side by side and taking turns. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parent } from '../../interop/support/hooks.js';
import { type ServerCommand, StdioClient } from '../../interop/support/stdioClient.js';
import { type Figure, median } from '../figure.js';

const rounds = 8;
const callsPerRound = 400;
const warmUp = 300;
const starts = 15;

export type Environments = readonly [plain: NodeJS.ProcessEnv, hooked: NodeJS.ProcessEnv];

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
): Promise<Figure[]> {
  return [
    await measureCalls(`hooks.call.${name}`, command, environments),
    await measureStarts(`hooks.startup.${name}`, command, environments),
  ];
}

/** p50 of an echo call in both servers, which stand side by side and take turns. */
async function measureCalls(
  name: string,
  command: Omit<ServerCommand, 'env'>,
  environments: Environments,
): Promise<Figure> {
  const clients = environments.map((env) => new StdioClient({ ...command, env }));
  const times: [number[], number[]] = [[], []];
  try {
    for (const client of clients) {
      await client.initialize();
      for (let at = 0; at < warmUp; at++) await callOnce(client);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [at, client] of clients.entries()) {
        for (let call = 0; call < callsPerRound; call++)
          times[at as 0 | 1].push(await callOnce(client));
      }
    }
  } finally {
    for (const client of clients) client.kill();
  }
  const [baseline, value] = [median(times[0]), median(times[1])];
  return { name, unit: 'ms', value, baseline, ratio: value / baseline, runs: times[1].length };
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
    for (const [at, env] of environments.entries()) {
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
