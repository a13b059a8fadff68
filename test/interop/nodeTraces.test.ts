import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import type { SpanRow } from '../../src/core/protocol.js';
import { indexFolders } from '../../src/indexer/indexFolders.js';
import { grammarDir } from '../unit/indexer/corpus.js';
import { lineOf } from './support/hooks.js';
import { installNodePackages, placeServer } from './support/packages.js';
import { drawRows, type TracedCall, traceCall } from './support/traced.js';

const v1 = installNodePackages('node-v1');
const v2 = installNodePackages('node-v2');
const otel = installNodePackages('node-otel');

let call: TracedCall | undefined;
afterEach(async () => {
  await call?.stop();
  call = undefined;
});

async function handlerOf(traced: TracedCall) {
  const [root] = traced.rows;
  if (!root) throw new Error('no root');
  const { traceId, spanId } = root;
  return traced.collector.handlers['call/places']({ traceId, spanId });
}

describe.skipIf(v1 === null)('a server without any instrumentation', () => {
  it('has wire, server, handler and HTTP in one trace', async () => {
    const file = placeServer(v1 ?? '', 'v1.mjs');
    call = await traceCall({
      command: [process.execPath, file],
      cwd: v1 ?? '',
      tool: 'fetches',
      args: (endpoint) => ({ url: endpoint }),
      settled: (rows) => rows.length === 5,
    });
    expect(drawRows(call.rows)).toEqual([
      'wire fetches',
      '  mcp-server server',
      '    internal handler',
      expect.stringMatching(/^ {6}internal GET/),
      expect.stringMatching(/^ {6}internal GET/),
    ]);
    expect(new Set(call.rows.map((row) => row.traceId)).size).toBe(1);
    for (const row of call.rows) expect(row.duration).not.toBeNull();
    const places = await handlerOf(call);
    expect(places?.measured[0]).toMatchObject({
      file,
      line: lineOf(file, "registerTool('fetches'"),
    });
    expect(places?.spans[0]).toMatchObject({ file, isDispatch: false });
  });

  it('shows a line on stderr once in a call, with the code that wrote it', async () => {
    const file = placeServer(v1 ?? '', 'v1.mjs');
    const linesOf = async (rows: readonly SpanRow[], { handlers }: Collector) => {
      const details = await Promise.all(rows.map((row) => handlers['span/details'](row)));
      return details
        .flatMap((one) => one?.logs ?? [])
        .filter(({ body }) => body === 'printed to stderr');
    };
    call = await traceCall({
      command: [process.execPath, file],
      cwd: v1 ?? '',
      tool: 'prints',
      settled: async (...seen) => (await linesOf(...seen)).length > 0,
    });
    const lines = await linesOf(call.rows, call.collector);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.attributes['code.line.number']).toBe(lineOf(file, 'printed to stderr'));
  });

  it('says how a call failed, and where', async () => {
    const file = placeServer(v1 ?? '', 'v1.mjs');
    call = await traceCall({
      command: [process.execPath, file],
      cwd: v1 ?? '',
      tool: 'fails',
      settled: (rows) => rows.some((row) => row.name === 'handler'),
    });
    expect(call.rows[0]?.outcome).toBe('tool_error');
    const failing = call.rows.find((row) => row.name === 'handler');
    const details = failing && (await call.collector.handlers['span/details'](failing));
    expect(details?.exception).toMatchObject({ type: 'TypeError', message: 'broken on purpose' });
    expect(details?.exception?.stack).toContain(`${file}:${lineOf(file, 'new TypeError')}`);
  });
});

describe.skipIf(v1 === null)('a server bundled into one file', () => {
  it('takes no hook: a finding says so, and its source still answers', async () => {
    const source = placeServer(v1 ?? '', 'bundled.ts');
    const file = join(mkdtempSync(join(tmpdir(), 'spanpath-bundled-')), 'server.mjs');
    const options = { bundle: true, platform: 'node', format: 'esm' } as const;
    await build({ entryPoints: [source], outfile: file, ...options, logLevel: 'error' });
    call = await traceCall({
      command: [process.execPath, file],
      cwd: v1 ?? '',
      tool: 'greet',
      args: () => ({ name: 'Ada' }),
      settled: async (rows, { handlers }) => rows[0] && (await handlers['findings/list'](null))[0],
    });
    rmSync(dirname(file), { recursive: true });
    expect(call.answer).toMatchObject({ result: { content: [{ text: 'hi Ada' }] } });
    expect(drawRows(call.rows)).toEqual(['wire greet']);
    const findings = await call.collector.handlers['findings/list'](null);
    const finding = findings.find(({ kind }) => kind === 'missing_instrumentation');
    expect(finding).toMatchObject({ server: 'under-test', severity: 'info' });
    expect(finding?.advice).toContain('bundled into one file');
    expect(finding?.advice).toContain('Handlers are found by reading source');
    const places = await indexFolders([dirname(source)], { grammarDir });
    expect(places).toContainEqual(
      expect.objectContaining({
        name: 'greet',
        file: source,
        line: lineOf(source, 'function greet'),
      }),
    );
  });
});

describe.skipIf(v2 === null)('a server on SDK 2.x', () => {
  it('is joined in the same way', async () => {
    const file = placeServer(v2 ?? '', 'v2.mjs');
    call = await traceCall({
      command: [process.execPath, file],
      cwd: v2 ?? '',
      tool: 'fails',
      settled: (rows) => rows.length === 3,
    });
    expect(drawRows(call.rows)).toEqual([
      'wire fails',
      '  mcp-server server',
      '    internal handler',
    ]);
    expect((await handlerOf(call))?.measured[0]).toMatchObject({ file, functionName: 'failing' });
  });
});

describe.skipIf(otel === null)('a server that has OpenTelemetry of its own', () => {
  const auto = '@opentelemetry/auto-instrumentations-node/register';
  it.each([
    { name: 'the API alone', args: [], env: {}, http: 1 },
    { name: 'an SDK that the app set up', args: [], env: { TEST_TELEMETRY: 'sdk' }, http: 1 },
    { name: 'OpenInference', args: [], env: { TEST_TELEMETRY: 'openinference' }, http: 1 },
    { name: 'OpenLLMetry', args: [], env: { TEST_TELEMETRY: 'openllmetry' }, http: 1 },
    { name: 'auto-instrumentation', args: ['--import', auto], env: {}, http: 1 },
  ])('with $name keeps its spans, below the handler', async ({ args, env, http }) => {
    const file = placeServer(otel ?? '', 'instrumented.mjs');
    call = await traceCall({
      command: [process.execPath, ...args, file],
      cwd: otel ?? '',
      env: { ...env, OTEL_METRICS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'none' },
      tool: 'forecast',
      args: (endpoint) => ({ url: endpoint }),
      settled: (rows) =>
        rows[4] &&
        rows.filter(({ name, depth }) => name.startsWith('GET') && depth === 4)[http - 1],
    });
    const drawn = drawRows(call.rows);
    expect(drawn.slice(0, 4)).toEqual([
      'wire forecast',
      '  mcp-server server',
      '    internal handler',
      '      internal look up',
    ]);
    expect(call.rows[0]?.outcome).toBe('ok');
    for (const row of call.rows) expect(row.duration, row.name).toBeGreaterThan(0);
    expect((await handlerOf(call))?.measured[0]).toMatchObject({
      file,
      line: lineOf(file, 'async function forecast'),
    });
    const requests = call.rows.filter((row) => row.name.startsWith('GET'));
    expect(requests).toHaveLength(http);
    expect(requests[0]?.depth).toBe(4);
    expect(new Set(call.rows.map((row) => row.traceId)).size).toBe(1);
  });
});
