import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRows, post, run } from './running.js';
import { stored } from './stored.js';

const ids = { traceId: '7bd1a2f09c3e4d5586a7b8c9d0e1f203', spanId: 'a1b2c3d4e5f60718' };

// biome-ignore lint/suspicious/noExplicitAny: the shape is OTLP's.
function example(name: string): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8'));
}

/** What a record of an example is after the store: ids are written in lower case. */
function lowered(record: object): unknown {
  const isId = (key: string): boolean => /^(?:trace|span|parentSpan)Id$/.test(key);
  return JSON.parse(
    JSON.stringify(record, (key, value) => (isId(key) ? String(value).toLowerCase() : value)),
  );
}

describe('a request in the shape of the OTLP specification', () => {
  it.each([
    ['trace', 'traces', 'resourceSpans', 'scopeSpans', 'spans'],
    ['logs', 'logs', 'resourceLogs', 'scopeLogs', 'logRecords'],
    ['metrics', 'metrics', 'resourceMetrics', 'scopeMetrics', 'metrics'],
  ] as const)('is taken and kept whole: %s', async (name, signal, groups, scoped, records) => {
    const collector = await run();
    const request = example(name);
    const response = await post(collector, request, { path: `/v1/${signal}` });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    const kept = await stored(collector);
    const [group] = request[groups];
    const [inScope] = group[scoped];
    expect(kept.map(({ record }) => record)).toMatchObject(
      inScope[records].map((record: object) => lowered(record)),
    );
    expect(kept[0]).toMatchObject({ resource: group.resource, scope: inScope.scope });
  });

  it('makes a row with its event and the log beside it', async () => {
    const collector = await run();
    await post(collector, example('trace'));
    await post(collector, example('logs'), { path: '/v1/logs' });
    await expect.poll(() => listRows(collector)).toHaveLength(1);
    const details = await collector.handlers['span/details'](ids);
    expect(details?.events.map(({ name }) => name)).toEqual(['whistle']);
    expect(details?.logs.map(({ body }) => body)).toEqual(['the water is warm']);
  });
});
