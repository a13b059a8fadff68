/** The proxy on a Streamable HTTP wire, beside the server alone and a minimal reverse proxy. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Figure, median, percentile } from './figure.js';

const here = resolve('test/bench/wire');
const shim = resolve(process.env.SPANPATH_DIST ?? 'dist', 'shim.js');
const rounds = 7;
const callsARound = 400;

export default async function run(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'spanpath-bench-'));
  const children: ChildProcess[] = [];
  const start = async (words: readonly string[], env = process.env) => {
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'], env });
    children.push(child);
    // The servers print a port to stdout, the shim its URL to stderr.
    const first = (await Promise.race([
      once(child.stdout, 'data'),
      once(child.stderr, 'data'),
    ])) as [Buffer];
    return Number(/127\.0\.0\.1:(\d+)|^(\d+)/.exec(String(first[0]))?.slice(1).find(Boolean));
  };
  const sink = fork(join(here, 'sink.mjs'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const [line] = (await once(sink.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const server = await start([join(here, 'httpServer.mjs')]);
    const url = `http://127.0.0.1:${server}/mcp`;
    const ports = {
      direct: server,
      proxy: await start([join(here, 'bareProxy.mjs'), url]),
      shim: await start([shim, '--http', url], {
        ...process.env,
        SPANPATH_HOME: home,
        SPANPATH_ENDPOINT: `http://127.0.0.1:${String(line).trim()}`,
      }),
    };
    return await measure(ports);
  } finally {
    for (const child of children) child.kill();
    sink.disconnect();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(ports: Record<'direct' | 'proxy' | 'shim', number>): Promise<Figure[]> {
  const ways = ['direct', 'proxy', 'shim'] as const;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const p50: Record<(typeof ways)[number], number[]> = { direct: [], proxy: [], shim: [] };
  for (const way of ways) await times(ports[way], callsARound, agent);
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      p50[way].push(percentile(await times(ports[way], callsARound, agent), 0.5));
    }
  }
  agent.destroy();
  const ratios = p50.shim.map((one, round) => one / (p50.proxy[round] ?? Number.NaN));
  return [
    {
      name: 'wire.http',
      unit: 'ms',
      value: median(p50.shim),
      baseline: median(p50.proxy),
      ratio: median(ratios),
      runs: rounds,
    },
    { name: 'wire.http.direct', unit: 'ms', value: median(p50.direct), runs: rounds },
  ];
}

let lastId = 0;

async function times(port: number, calls: number, agent: Agent): Promise<number[]> {
  const taken: number[] = [];
  for (let call = 0; call < calls; call++) {
    const body = `{"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}},"jsonrpc":"2.0","id":${lastId++}}`;
    const start = performance.now();
    await post(port, body, agent);
    taken.push(performance.now() - start);
  }
  return taken;
}

function post(port: number, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'bench',
      'content-length': Buffer.byteLength(body),
    };
    const out = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers, agent });
    out.on('error', reject);
    out.on('response', (response) => {
      response.resume();
      response.on('end', resolve);
    });
    out.end(body);
  });
}
