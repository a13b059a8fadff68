import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Collector } from '../../src/collector/collector.js';
import type { LiveMessage, SessionSummary } from '../../src/core/protocol.js';
import { dayNanos, encodeTold, mcp, spanId, theTrace } from '../unit/core/trace/telling.js';
import { everything, listRows, makeFolder, post, run, token, until } from './running.js';

const span = { traceId: theTrace, spanId: spanId('wire') };
const hello: LiveMessage = {
  type: 'hello',
  server: { name: 'weather', transport: 'stdio', pid: 1, cwd: '/w' },
};
const started: LiveMessage = {
  type: 'callStarted',
  span,
  name: 'tools/call f',
  kind: 3,
  startNanos: String(dayNanos),
  attributes: mcp('f', { 'gen_ai.tool.call.arguments': '{"a":1}' }),
};

/** The live channel of a shim. */
async function connect(
  collector: Collector,
): Promise<{ send: (message: unknown) => void; socket: WebSocket }> {
  const socket = new WebSocket(`${collector.endpoint.replace('http', 'ws')}/live`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  onTestFinished(() => socket.terminate());
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}

async function onlyRow(collector: Collector) {
  const page = await collector.handlers['rows/list']({ spec: everything, from: 0, count: 10 });
  return page.rows[0];
}

describe('the live channel', () => {
  it('shows a call of an agent from its start on, though the span of the agent comes last', async () => {
    const collector = await run();
    const { send } = await connect(collector);
    send(hello);
    send({ ...started, parentSpanId: spanId('agent') });
    await until(async () => (await onlyRow(collector)) !== undefined);
    const told = { kind: 3, duration: 7, attributes: mcp('f'), scope: 'spanpath.shim' };
    await post(collector, encodeTold({ id: 'wire', parent: 'agent', ...told }));
    expect(await onlyRow(collector)).toMatchObject({ name: 'f', duration: 7_000_000 });
    await post(collector, encodeTold({ id: 'agent', duration: 9, name: 'agent' }));
    expect((await listRows(collector)).map((row) => row.slice(0, 7))).toEqual(['0 agent', '1 f']);
  });

  it('shows a call while it runs, then as its span says', async () => {
    const collector = await run();
    const { send } = await connect(collector);
    send(hello);
    send(started);
    await until(async () => (await onlyRow(collector)) !== undefined);
    expect(await onlyRow(collector)).toMatchObject({
      name: 'f',
      detail: '{ a: 1 }',
      duration: null,
      outcome: null,
      server: 'weather',
      layer: 'wire',
    });
    expect(await collector.handlers['session/summary'](null)).toMatchObject({
      running: 1,
      calls: 1,
    });
    send({
      type: 'callEvent',
      span,
      name: 'notifications/progress',
      timeNanos: String(dayNanos + 5n),
      attributes: { progress: 1 },
    });
    await until(async () => (await onlyRow(collector))?.marks.length === 1);
    send({ type: 'callEnded', span, endNanos: String(dayNanos + 7_000_000n), outcome: 'ok' });
    await until(async () => (await onlyRow(collector))?.duration === 7_000_000);
    await post(
      collector,
      encodeTold({
        id: 'wire',
        kind: 3,
        duration: 8,
        attributes: mcp('f', { extra: 'now here' }),
        scope: 'spanpath.shim',
      }),
    );
    const details = await collector.handlers['span/details'](span);
    expect(details).toMatchObject({
      attributes: { extra: 'now here' },
      row: { duration: 8_000_000 },
    });
    expect(await collector.handlers['session/summary'](null)).toMatchObject({
      running: 0,
      calls: 1,
      spans: 1,
    });
  });

  it('keeps what a lost shim had running as abandoned, also after a restart', async () => {
    const dbPath = join(makeFolder(), 'traces.db');
    const collector = await run({ dbPath });
    const { send, socket } = await connect(collector);
    send(hello);
    send(started);
    await until(async () => (await onlyRow(collector)) !== undefined);
    socket.terminate();
    await until(async () => (await onlyRow(collector))?.outcome === 'abandoned');
    await until(async () => collector.session.live.size === 0);
    await collector.stop();
    const again = await run({ dbPath });
    await until(async () => (await onlyRow(again)) !== undefined);
    expect(await onlyRow(again)).toMatchObject({ outcome: 'abandoned', name: 'f' });
  });

  it('ignores frames that are not messages, and events of calls it does not know', async () => {
    const collector = await run();
    const { send } = await connect(collector);
    for (const bad of [
      '',
      'x',
      'null',
      '[]',
      '{}',
      '{"type":"hello"}',
      { ...started, span: { traceId: '../..', spanId: 'x' } },
      { ...hello, server: null },
    ])
      send(bad);
    send(started);
    send(hello);
    send({ type: 'callEnded', span, endNanos: '5', outcome: 'ok' });
    send({ ...started, startNanos: 'noon' });
    send(started);
    await until(async () => (await listRows(collector)).length === 1);
  });

  it('wants the token, and no foreign page', async () => {
    const collector = await run();
    const url = `${collector.endpoint.replace('http', 'ws')}/live`;
    for (const options of [
      {},
      { headers: { Authorization: 'Bearer wrong' } },
      { origin: 'http://evil.example', headers: { Authorization: `Bearer ${token}` } },
    ]) {
      const socket = new WebSocket(url, options);
      const refused = await new Promise<string>((resolve) => {
        socket.once('error', (error) => resolve(error.message));
        socket.once('open', () => resolve('opened'));
      });
      expect(refused).toMatch(/40[13]/);
    }
  });

  it('tells of servers that come and go, and of the first call of each', async () => {
    const collector = await run();
    const told: string[] = [];
    collector.events.on('server/connected', ({ name }) => told.push(`+${name}`));
    collector.events.on('server/disconnected', ({ name }) => told.push(`-${name}`));
    collector.events.on('call/started', ({ server, name }) => told.push(`${server}: ${name}`));
    const { send, socket } = await connect(collector);
    send(hello);
    send(started);
    send({ ...started, span: { ...span, spanId: spanId('two') } });
    await until(() => told.length >= 2);
    socket.close();
    await until(() => told.includes('-weather'));
    expect(told).toEqual(['+weather', 'weather: tools/call f', '-weather']);
  });
});

describe('the change feed', () => {
  it('tells of a flood at most every 50 ms, the last change included', async () => {
    const collector = await run();
    const heard: { at: number; summary: SessionSummary }[] = [];
    collector.events.on('session/changed', (summary) =>
      heard.push({ at: performance.now(), summary }),
    );
    for (let call = 0; call < 60; call++) await post(collector, encodeTold({ id: `c${call}` }));
    await until(() => heard.at(-1)?.summary.spans === 60);
    for (let place = 1; place < heard.length; place++) {
      // Timers may fire a millisecond early.
      expect(heard[place]!.at - heard[place - 1]!.at).toBeGreaterThan(45);
    }
  });
});

describe('the discovery file', () => {
  it('is there while the collector runs, for its user alone, and gone after', async () => {
    const discoveryDir = join(makeFolder(), 'collectors');
    const collector = await run({ discoveryDir, workspace: '/w', folders: ['/v'] });
    const port = new URL(collector.endpoint).port;
    const path = join(discoveryDir, `${process.pid}-${port}.json`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      endpoint: collector.endpoint,
      token,
      workspace: '/w',
      folders: ['/v'],
      pid: process.pid,
    });
    expect([statSync(path).mode & 0o777, statSync(discoveryDir).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    await collector.stop();
    expect([existsSync(path), readdirSync(discoveryDir)]).toEqual([false, []]);
  });
});
