import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import {
  runSender,
  setUpGoExporters,
  setUpNodeExporters,
  setUpPythonExporters,
} from './exporters/setUp.js';
import { run, token } from './running.js';
import { stored } from './stored.js';

const spans = 1_200;
const here = join(import.meta.dirname, 'exporters');

/** A collector with both receivers, and where an exporter finds each. */
async function runBoth(): Promise<{ collector: Collector; addressOf: (kind: string) => string }> {
  const collector = await run();
  const grpcPort = await collector.outlets.openGrpc(0);
  return {
    collector,
    addressOf: (kind) => (kind === 'grpc' ? `http://127.0.0.1:${grpcPort}` : collector.endpoint),
  };
}

/** What every sender sends: one root with steps below it, a log, a counter. */
async function expectAll(collector: Collector, service: string): Promise<void> {
  const { root, records } = await expectSpans(collector, service);
  const ofSignal = (signal: string) => records.filter((record) => record.signal === signal);
  expect(ofSignal('logs')).toHaveLength(1);
  expect(ofSignal('logs')[0]?.record).toMatchObject({
    body: { stringValue: 'hello' },
    traceId: root?.record.traceId,
  });
  expect(ofSignal('metrics').map(({ record }) => record.name)).toContain('calls');
}

async function expectSpans(collector: Collector, service: string) {
  const records = await stored(collector);
  const found = records.filter(({ signal }) => signal === 'traces');
  expect(found).toHaveLength(spans);
  const root = found.find(({ record }) => record.name === 'execute_tool search');
  const step = found.find(({ record }) => record.name === 'step 1');
  expect(step?.record).toMatchObject({
    traceId: root?.record.traceId,
    parentSpanId: root?.record.spanId,
    status: { code: 2, message: 'no' },
    events: [{ name: 'noted' }],
  });
  expect(step?.record.attributes).toContainEqual({
    key: 'tags',
    value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'ü' }] } },
  });
  expect(step?.scope).toMatchObject({ name: 'sender', version: '1.2.3' });
  expect(JSON.stringify(step?.resource)).toContain(service);
  const summary = await collector.handlers['session/summary'](null);
  expect(summary).toMatchObject({ spans, calls: 1 });
  return { root, records };
}

describe("OpenTelemetry's own exporters", () => {
  let packages = '';
  let python: Awaited<ReturnType<typeof setUpPythonExporters>> = { reason: '' };
  let go: Awaited<ReturnType<typeof setUpGoExporters>> = { reason: '' };
  beforeAll(async () => {
    packages = await setUpNodeExporters();
    python = await setUpPythonExporters();
    go = await setUpGoExporters();
    for (const one of [python, go]) if ('reason' in one) console.log(`skipped: ${one.reason}`);
  }, 900_000);

  it.each([
    ['grpc', ''],
    ['grpc', 'gzip'],
    ['proto', ''],
    ['proto', 'gzip'],
    ['json', ''],
    ['json', 'gzip'],
  ])('JavaScript, %s %s', async (kind, compression) => {
    const { collector, addressOf } = await runBoth();
    const args = [packages, kind, addressOf(kind), token, String(spans)];
    if (compression) args.push(compression);
    await runSender('node', [join(here, 'sendTelemetry.mjs'), ...args], here);
    await expectAll(collector, `js-${kind}`);
  });

  it.for([
    ['grpc', ''],
    ['grpc', 'gzip'],
    ['proto', ''],
    ['json', ''],
  ] as const)('Python, %s %s', async ([kind, compression], { skip }) => {
    if ('reason' in python) {
      expect(process.env.CI, python.reason).toBeUndefined();
      skip(python.reason);
      return;
    }
    const { collector, addressOf } = await runBoth();
    const args = [kind, addressOf(kind), token, String(spans), compression].filter(Boolean);
    await runSender(python.python, [join(here, 'send_telemetry.py'), ...args], here);
    await expectAll(collector, `python-${kind}`);
  });

  it.for([
    ['grpc', ''],
    ['grpc', 'gzip'],
    ['proto', ''],
    ['proto', 'gzip'],
  ] as const)('Go, %s %s', async ([kind, compression], { skip }) => {
    if ('reason' in go) {
      skip(go.reason);
      return;
    }
    const { collector, addressOf } = await runBoth();
    const args = [kind, new URL(addressOf(kind)).host, token, String(spans)];
    if (compression) args.push(compression);
    await runSender(go.binary, args, here);
    await expectSpans(collector, `go-${kind}`);
  });
});
