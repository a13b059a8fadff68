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
    (client) => client.callTool(options.tool, options.args?.(collector.endpoint) ?? {}),
  );
  rmSync(home, { recursive: true, force: true });
  const { rows } = await collector.handlers['rows/list']({ spec, from: 0, count: 1000 });
  const from = rows.findIndex((row) => row.name === options.tool && row.layer === 'wire');
  const root = rows[from];
  if (!root)
    throw new Error(`no row of ${options.tool} among ${rows.map((row) => row.name).join(', ')}`);
  return {
    collector,
    answer: value,
    rows: rows.slice(from, from + 1 + root.descendants),
    stop: () => collector.stop(),
  };
}

/** Rows as indented lines: layer and name. */
export function drawRows(rows: readonly SpanRow[]): string[] {
  return rows.map((row) => `${'  '.repeat(row.depth)}${row.layer} ${row.name}`);
}
