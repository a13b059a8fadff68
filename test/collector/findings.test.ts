import { describe, expect, it } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import { dayNanos, encodeTold, mcp, requestOf, type Told } from '../unit/core/trace/telling.js';
import { post, run } from './running.js';

const wire: Told = {
  id: 'wire',
  kind: 3,
  duration: 100,
  attributes: mcp('f'),
  scope: 'spanpath.shim',
};

async function told(...spans: readonly Told[]): Promise<Collector> {
  const collector = await run();
  for (const span of spans) await post(collector, encodeTold(span));
  return collector;
}

async function kinds(collector: Collector): Promise<string[]> {
  const findings = await collector.handlers['findings/list'](null);
  return findings.map(({ kind }) => kind).sort();
}

describe('findings that the spans show', () => {
  it('are none for a call that is whole', async () => {
    const collector = await told(wire, {
      id: 'srv',
      parent: 'wire',
      kind: 2,
      start: 10,
      duration: 50,
      attributes: mcp('f'),
    });
    expect(await kinds(collector)).toEqual([]);
  });

  it('name a server that starts traces of its own, and what it does not read', async () => {
    const collector = await told(wire, {
      id: 'srv',
      trace: 'd'.repeat(32),
      kind: 2,
      start: 10,
      duration: 50,
      attributes: mcp('f'),
      scope: 'my-mcp-lib',
    });
    const [finding] = await collector.handlers['findings/list'](null);
    expect(finding).toMatchObject({
      kind: 'broken_propagation',
      server: 'weather',
      span: { traceId: 'd'.repeat(32) },
    });
    expect(finding?.advice).toMatch(/^my-mcp-lib does not read the trace context of params\._meta/);
  });

  it('name a server that says nothing of its own', async () => {
    expect(await kinds(await told(wire))).toEqual(['missing_instrumentation']);
  });

  it('name a caller that is exported elsewhere', async () => {
    const collector = await told(
      { ...wire, parent: 'gone' },
      { id: 'srv', parent: 'wire', kind: 2, start: 1, attributes: mcp('f') },
    );
    expect(await kinds(collector)).toEqual(['parent_elsewhere']);
  });

  it('tell by how much a clock is off', async () => {
    const collector = await told(
      { ...wire, service: 'shim' },
      { id: 'srv', parent: 'wire', kind: 2, start: 60_020, duration: 60, attributes: mcp('f') },
    );
    const [finding] = await collector.handlers['findings/list'](null);
    expect(finding).toMatchObject({
      kind: 'clock_skew',
      advice: expect.stringContaining('60.0 s ahead'),
    });
  });

  it('count circles and rejected records', async () => {
    const collector = await told({ id: 'a', parent: 'b' }, { id: 'b', parent: 'a' });
    const request = requestOf({ id: 'x' }) as {
      resourceSpans: { scopeSpans: { spans: object[] }[] }[];
    };
    request.resourceSpans[0]!.scopeSpans[0]!.spans = [{ name: 'no ids' }, { name: 'none either' }];
    await post(collector, request);
    const findings = await collector.handlers['findings/list'](null);
    expect(findings.map(({ kind, count }) => [kind, count])).toEqual([
      ['parent_cycle', 1],
      ['rejected_records', 2],
    ]);
  });

  it('see two providers in one process', async () => {
    const collector = await run();
    for (const name of ['app', 'sdk-default']) {
      const request = requestOf({ id: name, service: name }) as {
        resourceSpans: { resource: { attributes: object[] } }[];
      };
      request.resourceSpans[0]!.resource.attributes.push({
        key: 'process.pid',
        value: { intValue: '77' },
      });
      await post(collector, request);
    }
    expect(await kinds(collector)).toEqual(['second_provider']);
  });
});

describe('findings that emitters report', () => {
  it('are gathered, with the place that a hook knows', async () => {
    const collector = await run();
    const log = (attributes: object[]): object => ({
      timeUnixNano: String(dayNanos),
      severityNumber: 13,
      eventName: 'spanpath.finding',
      body: { stringValue: 'Server ready!' },
      attributes: [
        { key: 'spanpath.finding.kind', value: { stringValue: 'stdout_pollution' } },
        ...attributes,
      ],
    });
    const place = [
      { key: 'code.file.path', value: { stringValue: '/w/server.py' } },
      { key: 'code.line.number', value: { intValue: '12' } },
    ];
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'weather' } }] };
    await post(
      collector,
      { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [log([]), log(place)] }] }] },
      { path: '/v1/logs' },
    );
    const findings = await collector.handlers['findings/list'](null);
    expect(findings).toMatchObject([
      {
        kind: 'stdout_pollution',
        severity: 'warning',
        server: 'weather',
        title: 'The server prints to stdout',
        place: { file: '/w/server.py', line: 12 },
      },
    ]);
    expect(findings[0]?.advice).toMatch(/Server ready!\nPrinted at \/w\/server\.py:12\./);
  });
});
