import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import type { ExportFormat, ImportResult } from '../../src/core/protocol.js';
import { mcp, requestOf, type Told, theTrace } from '../unit/core/trace/telling.js';
import { runSender, setUpOtelCollector, setUpPythonExporters } from './exporters/setUp.js';
import { makeFolder, post, run } from './running.js';
import { stored } from './stored.js';
import { runTarget, target, until } from './targets.js';

const otherTrace = 'f'.repeat(32);
const spans: Told[] = [
  { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim', duration: 100 },
  { id: 'b', parent: 'a', kind: 2, attributes: mcp('search'), service: 'server', start: 10 },
  { id: 'c', parent: 'b', name: 'SELECT', start: 12, duration: 2, service: 'server' },
  { id: 'd', kind: 3, attributes: mcp('fetch'), start: 200, status: 2 },
  { id: 'e', trace: otherTrace, kind: 3, attributes: mcp('search'), start: 300 },
];
const log = {
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'server' } }] },
      scopeLogs: [
        {
          scope: { name: 'stderr' },
          logRecords: [
            {
              timeUnixNano: '1790000000000000001',
              body: { stringValue: 'about the search </script><script>alert(1)</script>' },
              traceId: theTrace,
              spanId: '6200000000000000',
            },
          ],
        },
      ],
    },
  ],
};

async function runFilled(): Promise<Collector> {
  const collector = await run({
    pageDirectory: resolve(process.env.SPANPATH_DIST ?? 'dist', 'webview'),
  });
  for (const told of spans) await post(collector, requestOf(told));
  await post(collector, log, { path: '/v1/logs' });
  return collector;
}

function exported(
  collector: Collector,
  path: string,
  format: ExportFormat,
  part: { traceId?: string; query?: string } = {},
) {
  const { traceId = null, query = '' } = part;
  return collector.handlers['session/export']({ id: path, path, format, traceId, query });
}

async function imported(collector: Collector, path: string): Promise<ImportResult> {
  return collector.handlers['session/import']({ id: path, path });
}

function contents(records: Awaited<ReturnType<typeof stored>>): string[] {
  return records.map((record) => JSON.stringify(record)).sort();
}

describe('exporting and importing a session', () => {
  it.each(['otlp-json', 'jsonl', 'html'] as const)('as %s keeps every record', async (format) => {
    const collector = await runFilled();
    const path = join(makeFolder(), 'traces');
    const result = await exported(collector, path, format);
    expect(result).toEqual({ spans: 5, bytes: statSync(path).size });
    const other = await run();
    expect(await imported(other, path)).toMatchObject({
      spans: 5,
      logs: 1,
      rejected: 0,
      problems: [],
    });
    expect(contents(await stored(other))).toEqual(contents(await stored(collector)));
  });

  it('twice changes nothing', async () => {
    const collector = await runFilled();
    const path = join(makeFolder(), 'traces.json');
    await exported(collector, path, 'otlp-json');
    await imported(collector, path);
    await imported(collector, path);
    expect(await collector.handlers['session/summary'](null)).toMatchObject({ spans: 5, calls: 3 });
  });

  it('writes one trace when one is asked for, with its logs', async () => {
    const collector = await runFilled();
    const path = join(makeFolder(), 'trace.json');
    expect((await exported(collector, path, 'otlp-json', { traceId: otherTrace })).spans).toBe(1);
    await exported(collector, path, 'otlp-json', { traceId: theTrace });
    const other = await run();
    expect(await imported(other, path)).toMatchObject({ spans: 4, logs: 1 });
  });

  it('writes what a query finds with all that is above and below it', async () => {
    const collector = await runFilled();
    const path = join(makeFolder(), 'found.jsonl');
    await exported(collector, path, 'jsonl', { query: 'tool:fetch' });
    const other = await run();
    expect(await imported(other, path)).toMatchObject({ spans: 1, logs: 0 });
    await exported(collector, path, 'jsonl', { query: 'SELECT' });
    const third = await run();
    await imported(third, path);
    const names = (await stored(third)).map(({ record }) => record.name);
    expect(names.filter((name) => name !== undefined).sort()).toEqual(['SELECT', 'a', 'b']);
  });

  it('says what is wrong with a query, and writes nothing', async () => {
    const collector = await runFilled();
    const folder = makeFolder();
    await expect(
      exported(collector, join(folder, 'x.json'), 'otlp-json', { query: '(' }),
    ).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the file that was there when the new one cannot be written', async () => {
    const collector = await runFilled();
    const folder = makeFolder();
    await expect(exported(collector, join(folder, 'no', 'x.json'), 'jsonl')).rejects.toThrow(
      /ENOENT/,
    );
    const path = join(folder, 'old.json');
    writeFileSync(path, 'old');
    const ended = exported(collector, path, 'jsonl');
    await collector.handlers['transfer/cancel']({ id: path });
    await expect(ended).rejects.toThrow('cancelled');
    expect(readdirSync(folder)).toEqual(['old.json']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('keeps what an import had read when it is cancelled', async () => {
    const line = `${JSON.stringify(requestOf(spans[0]!))}\n`;
    const path = join(makeFolder(), 'long.jsonl');
    writeFileSync(path, line.repeat(40_000));
    const collector = await run();
    const parts: (number | null)[] = [];
    collector.events.on('transfer/progress', ({ part }) => parts.push(part));
    collector.session.once('changed', () => collector.handlers['transfer/cancel']({ id: path }));
    await expect(imported(collector, path)).rejects.toThrow('cancelled');
    expect(parts[0]).toBeGreaterThan(0);
    expect(parts.at(-1)).toBeLessThan(1);
    expect((await collector.handlers['session/summary'](null)).spans).toBe(1);
  });

  it('exported files are for their owner only', async () => {
    const path = join(makeFolder(), 'traces.json');
    await exported(await runFilled(), path, 'otlp-json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not forwarded: those who get spans live have them already', async () => {
    const { url, arrivals } = await runTarget();
    const collector = await run({
      outlets: { httpPort: null, grpcPort: null, forward: [target(url)] },
    });
    const path = join(makeFolder(), 'one.json');
    writeFileSync(path, JSON.stringify(requestOf(spans[0]!)));
    await imported(collector, path);
    await post(collector, requestOf(spans[1]!));
    await until(() => arrivals.length > 0);
    expect(arrivals).toHaveLength(1);
  });
});

describe('importing a file', () => {
  it('unpacks gzip', async () => {
    const path = join(makeFolder(), 'traces.json.gz');
    writeFileSync(path, gzipSync(JSON.stringify(requestOf(spans[0]!))));
    expect(await imported(await run(), path)).toMatchObject({ spans: 1, rejected: 0 });
  });

  it.each([
    ['cut off', (packed: Buffer, at: number) => packed.subarray(0, at), /ends inside a value/],
    ['damaged', (packed: Buffer, at: number) => packed.fill(0xff, at), /cut off or damaged/],
  ])('keeps what stands before the place where an archive is %s', async (_, hurt, reason) => {
    const path = join(makeFolder(), 'traces.jsonl.gz');
    const lines = `${spans.map((told) => JSON.stringify(requestOf(told))).join('\n')}\n`;
    const packed = gzipSync(lines.repeat(1_000), { level: 0 });
    writeFileSync(path, hurt(packed, Math.round(packed.length * 0.7)));
    const result = await imported(await run(), path);
    expect(result.problems.join()).toMatch(reason);
    expect(result.spans / 5_000).toBeGreaterThan(0.5);
    expect(result.spans / 5_000).toBeLessThan(0.71);
  });

  it('leads to a call, past the messages before it that only keep the protocol going', async () => {
    const path = join(makeFolder(), 'session.jsonl');
    const first: Told = { id: '9', kind: 3, attributes: { 'mcp.method.name': 'initialize' } };
    const line = (told: Told) => `${JSON.stringify(requestOf(told))}\n`;
    writeFileSync(path, line(first));
    const alone = await imported(await run(), path);
    expect(alone.firstSpan).toEqual({ traceId: theTrace, spanId: '3900000000000000' });
    writeFileSync(path, line(first) + line(spans[0]!));
    const { firstSpan } = await imported(await run(), path);
    expect(firstSpan).toEqual({ traceId: theTrace, spanId: '6100000000000000' });
  });

  it('says where each problem is', async () => {
    const path = join(makeFolder(), 'mixed.jsonl');
    const good = JSON.stringify(requestOf(spans[0]!));
    writeFileSync(
      path,
      `${good}\nnot json\n${good.replace(theTrace, 'short')}\n${good.replace('"kind":3', '"kind":"x"')}\n${good.slice(0, 100)}\n${good}`,
    );
    const result = await imported(await run(), path);
    expect(result).toMatchObject({ spans: 3, rejected: 3 });
    expect(result.problems).toEqual([
      'line 2: this is not a JSON object',
      'line 3: traceId is not 32 hex digits',
      expect.stringMatching(/^line 5: /),
    ]);
    expect(result.firstSpan).toEqual({ traceId: theTrace, spanId: '6100000000000000' });
  });

  it('rejects a file that is not there or is nothing of the kind', async () => {
    const collector = await run();
    const folder = makeFolder();
    await expect(imported(collector, join(folder, 'none.json'))).rejects.toThrow(/ENOENT/);
    await expect(imported(collector, folder)).rejects.toThrow(/EISDIR/);
    writeFileSync(join(folder, 'other.json'), '{"name":"package"}');
    expect((await imported(collector, join(folder, 'other.json'))).problems).toEqual([
      'line 1: neither OTLP ("resourceSpans" …) nor Jaeger ("data") was found',
    ]);
  });

  it.for([0])("reads the files of Python's own file exporters", async (_, { skip }) => {
    const environment = await setUpPythonExporters();
    if ('reason' in environment) {
      expect(process.env.CI, environment.reason).toBeUndefined();
      skip(environment.reason);
      return;
    }
    const folder = makeFolder();
    const script = join(import.meta.dirname, 'exporters/send_telemetry.py');
    await runSender(environment.python, [script, 'file', `${folder}/`, '', '50'], folder);
    const collector = await run();
    const results = [];
    for (const name of readdirSync(folder))
      results.push(await imported(collector, join(folder, name)));
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    expect(results.reduce((sum, { spans }) => sum + spans, 0)).toBe(50);
    expect(results.reduce((sum, { logs }) => sum + logs, 0)).toBe(1);
  });
});

describe('a real OpenTelemetry Collector', () => {
  let built: Awaited<ReturnType<typeof setUpOtelCollector>> = { reason: 'it was not set up' };
  beforeAll(async () => {
    built = await setUpOtelCollector();
    if ('reason' in built) console.log(`skipped: ${built.reason}`);
  }, 900_000);

  it.for([
    ['protobuf', false, 'json'],
    ['protobuf', true, 'proto'],
    ['json', true, 'json'],
  ] as const)(
    'gets everything (%s, gzip %s) and its %s file is read back',
    async ([encoding, gzip, file], { skip }) => {
      const built = await setUpOtelCollector();
      if ('reason' in built) {
        skip(built.reason);
        return;
      }
      const folder = makeFolder();
      const { port, path } = await startOtelCollector(built.binary, folder, file);
      const forward = [target(`http://127.0.0.1:${port}`, { encoding, gzip })];
      const collector = await run({ outlets: { httpPort: null, grpcPort: null, forward } });
      for (const told of spans) await post(collector, requestOf(told));
      await until(() => collector.outlets.status.forward[0]!.sent === spans.length);
      expect(collector.outlets.status.forward[0]).toMatchObject({ refused: 0, problem: null });
      const other = await run();
      await until(async () => (await imported(other, path)).spans === spans.length);
      const once = new Set(contents(await stored(other)));
      expect(normal([...once])).toEqual(normal(contents(await stored(collector))));
    },
  );
});

/** Starts it on a port of its own and waits until it listens. */
async function startOtelCollector(binary: string, folder: string, format: 'json' | 'proto') {
  const port = Number(
    execFileSync(process.execPath, [
      '-e',
      'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})',
    ]).toString(),
  );
  const path = join(folder, `received.${format}`);
  const config = join(folder, 'config.yaml');
  writeFileSync(path, '');
  writeFileSync(
    config,
    `receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } }
exporters:
  file: { path: ${path}, format: ${format}, flush_interval: 50ms }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp], exporters: [file] }
`,
  );
  const child = spawn(binary, ['--config', config], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  await until(async () => {
    if (child.exitCode !== null)
      throw new Error(`the OpenTelemetry Collector ended: ${child.exitCode}`);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  });
  return { port, path };
}

/** What the OpenTelemetry Collector writes differently and means the same: absent empty fields. */
function normal(texts: string[]): string[] {
  return texts
    .map((text) =>
      text
        .replaceAll(/"(parentSpanId|name|traceState)":"",?/g, '')
        .replaceAll(/"(status|scope)":\{\},?/g, '')
        .replaceAll(/"code":0/g, '')
        .replaceAll(/"status":\{\},?/g, '')
        .replaceAll(/"flags":0,?|"(events|links|attributes)":\[\],?/g, '')
        .replaceAll(/"scope":\{\}/g, '')
        .replaceAll(/,(?=[}\]])/g, ''),
    )
    .sort();
}

describe('the page that is exported', () => {
  it('is refused with a reason when the view was not built', async () => {
    const collector = await run({ pageDirectory: makeFolder() });
    const path = join(makeFolder(), 'page.html');
    await expect(exported(collector, path, 'html')).rejects.toThrow(
      /the view is not whole: (?:main\.js|main\.css|page\.js|controls\.js) cannot be read/,
    );
  });
});
