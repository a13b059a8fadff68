import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type Collector,
  type StartOptions,
  startCollector,
} from '../../src/collector/collector.js';
import type { ViewSpec } from '../../src/core/protocol.js';

export const token = 'token-of-the-test';

/** A collector of this test, stopped after it. */
export async function run(options: Partial<StartOptions> = {}): Promise<Collector> {
  const collector = await startCollector({
    dbPath: null,
    token,
    discoveryDir: null,
    workspace: null,
    ...options,
  });
  onTestFinished(() => collector.stop());
  return collector;
}

/** A folder of this test, removed after it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanpath-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Sends a request as an exporter does. */
export function post(
  collector: Pick<Collector, 'endpoint'>,
  body: object | Uint8Array<ArrayBuffer> | string,
  given: { path?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const isBytes = body instanceof Uint8Array;
  return fetch(`${collector.endpoint}${given.path ?? '/v1/traces'}`, {
    method: 'POST',
    headers: {
      'Content-Type': isBytes ? 'application/x-protobuf' : 'application/json',
      Authorization: `Bearer ${token}`,
      ...given.headers,
    },
    body: isBytes || typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export const everything: ViewSpec = {
  query: '',
  scope: { kind: 'session' },
  hiddenLayers: [],
  expandedByDefault: true,
  toggled: [],
};

/** All rows as `depth name detail`. */
export async function listRows(
  collector: Collector,
  spec: Partial<ViewSpec> = {},
): Promise<string[]> {
  const page = await collector.handlers['rows/list']({
    spec: { ...everything, ...spec },
    from: 0,
    count: 1000,
  });
  return page.rows.map((row) => `${row.depth} ${row.name} ${row.detail}`.trim());
}

/** Waits until a condition holds; the test's own limit ends it otherwise. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
