import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, startCollector } from '../../../src/collector/collector.js';
import type { SpanRow } from '../../../src/core/protocol.js';
import { distDir, plainEnvironment, withServer } from './hooks.js';

const token = 'token-of-the-test';
const spec = {
  query: '',
  scope: { kind: 'session' },
  hiddenLayers: [],
  expandedByDefault: true,
  toggled: [],
} as const;

export interface TracedCall {
  readonly collector: Collector;
  readonly answer: unknown;
  /** The row of the call and all below it, outermost first. */
  readonly rows: readonly SpanRow[];
  stop(): Promise<void>;
}

/** Calls one tool of a server through the built shim, with a real collector behind it. */
export async function traceCall(options: {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly tool: string;
  readonly args?: (endpoint: string) => object;
  /**
   * Waited for before the server is told to end, since a machine under load ends it by force: the
   * rows of the call, and whatever else is asked of the collector.
   */
  readonly settled: (rows: readonly SpanRow[], collector: Collector) => Promise<unknown> | unknown;
}): Promise<TracedCall> {
  const collector = await startCollector({
    dbPath: null,
    token,
    discoveryDir: null,
    workspace: null,
  });
  const home = mkdtempSync(join(tmpdir(), 'spanpath-interop-'));
  const shim = ['--endpoint', collector.endpoint, '--token', token, '--name', 'under-test', '--'];
  const { value } = await withServer(
    {
      command: process.execPath,
      args: [join(distDir, 'shim.js'), ...shim, ...options.command],
      cwd: options.cwd,
      env: { ...plainEnvironment(), SPANPATH_HOME: home, ...options.env },
    },
    async (client) => {
      const answer = await client.callTool(options.tool, options.args?.(collector.endpoint) ?? {});
      await waitFor(async () => options.settled(await rowsOf(collector, options.tool), collector));
      return answer;
    },
  );
  rmSync(home, { recursive: true, force: true });
  const rows = await rowsOf(collector, options.tool);
  if (rows.length === 0) throw new Error(`no row of ${options.tool}`);
  return { collector, answer: value, rows, stop: () => collector.stop() };
}

/** What does not come in this time is for the test to miss. */
const patienceMs = 60_000;

async function waitFor(holds: () => Promise<unknown>): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The row of the call, once it has ended, and all below it. */
async function rowsOf(collector: Collector, tool: string): Promise<readonly SpanRow[]> {
  const { rows } = await collector.handlers['rows/list']({ spec, from: 0, count: 1000 });
  const from = rows.findIndex((row) => row.name === tool && row.layer === 'wire');
  const root = rows[from];
  return root && root.duration !== null ? rows.slice(from, from + 1 + root.descendants) : [];
}

/** Rows as indented lines: layer and name. */
export function drawRows(rows: readonly SpanRow[]): string[] {
  return rows.map((row) => `${'  '.repeat(row.depth)}${row.layer} ${row.name}`);
}
