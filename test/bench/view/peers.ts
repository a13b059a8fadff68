/** Pages of other viewers over the same number of spans, served on loopback. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { build } from 'esbuild';

const folder = 'test/bench/viewPeers';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What flame-chart-js is given: calls of ten spans, as in the session beside it. */
function flameTree(spans: number): string {
  const calls = Array.from({ length: spans / 10 }, (_, number) => {
    const start = number * 40;
    const steps = Array.from({ length: 8 }, (_, at) => ({
      name: `GET /page/${at}`,
      start: start + (at + 2) * 2,
      duration: 1.9,
      type: 'inner',
    }));
    const handler = {
      name: 'handle',
      start: start + 2,
      duration: 32,
      type: 'server',
      children: steps,
    };
    return { name: `tool_${number % 8}`, start, duration: 36, type: 'wire', children: [handler] };
  });
  return JSON.stringify(calls);
}

/** The same in speedscope's own format. */
function speedscopeProfile(spans: number): string {
  const frames = [
    ...Array.from({ length: 8 }, (_, at) => ({ name: `tool_${at}` })),
    { name: 'handle' },
    ...Array.from({ length: 8 }, (_, at) => ({ name: `GET /page/${at}` })),
  ];
  const events: { type: 'O' | 'C'; frame: number; at: number }[] = [];
  for (let number = 0; number < spans / 10; number++) {
    const start = number * 40;
    events.push(
      { type: 'O', frame: number % 8, at: start },
      { type: 'O', frame: 8, at: start + 2 },
    );
    for (let step = 0; step < 8; step++) {
      const at = start + (step + 2) * 2;
      events.push({ type: 'O', frame: 9 + step, at }, { type: 'C', frame: 9 + step, at: at + 1.9 });
    }
    events.push(
      { type: 'C', frame: 8, at: start + 34 },
      { type: 'C', frame: number % 8, at: start + 36 },
    );
  }
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames },
    profiles: [
      {
        type: 'evented',
        name: 'calls',
        unit: 'milliseconds',
        startValue: 0,
        endValue: spans * 4,
        events,
      },
    ],
  });
}

const flamePage = `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;height:100%}canvas{display:block}</style>
<canvas id="chart"></canvas><script type="module" src="/flame.js"></script>`;

const flameScript = `
import { FlameChart } from 'flame-chart-js';
const canvas = document.getElementById('chart');
canvas.width = innerWidth; canvas.height = innerHeight;
const spans = new URLSearchParams(location.search).get('spans');
const data = await (await fetch('/flame-' + spans + '.json')).json();
new FlameChart({ canvas, data, colors: { wire: '#4fc1ff', server: '#4ec9b0', inner: '#959ba5' }, settings: {} });
globalThis.ready = true;
`;

export interface PeerSite {
  flameChart(spans: number): string;
  speedscope(spans: number): string;
  close(): void;
}

/** Null, with the reason printed, when the registry cannot be reached. */
export async function servePeers(): Promise<PeerSite | null> {
  try {
    if (!existsSync(join(folder, 'node_modules'))) {
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
  } catch {
    console.error('view: the viewers to measure beside could not be installed; they are left out');
    return null;
  }
  const bundled = await build({
    stdin: { contents: flameScript, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'chrome128',
  });
  const made = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    response.setHeader('Content-Type', types[extname(path)] ?? 'text/html');
    const profile = /^\/(flame|speedscope)-(\d+)\.json$/.exec(path);
    if (path === '/flame') return void response.end(flamePage);
    if (path === '/flame.js') return void response.end(bundled.outputFiles[0]?.text);
    if (profile) {
      const spans = Number(profile[2]);
      const text =
        made.get(path) ?? (profile[1] === 'flame' ? flameTree(spans) : speedscopeProfile(spans));
      made.set(path, text);
      return void response.end(text);
    }
    const file = join(
      folder,
      'node_modules/speedscope/dist/release',
      path.replace(/^\/speedscope\//, ''),
    );
    response.statusCode = existsSync(file) ? 200 : 404;
    response.end(existsSync(file) ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    flameChart: (spans) => `${base}/flame?spans=${spans}`,
    speedscope: (spans) => `${base}/speedscope/index.html#profileURL=/speedscope-${spans}.json`,
    close: () => server.close(),
  };
}
