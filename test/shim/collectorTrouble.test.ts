import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath, temporaryDir, until } from './shimProcess.js';

const tools = ['--', process.execPath, serverPath('tools.mjs')];
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18' },
};
let collector: FakeCollector;

beforeEach(async () => {
  collector = await FakeCollector.start();
});
afterEach(() => collector.stop());

function start(): ShimProcess {
  const shim = new ShimProcess(['--endpoint', collector.endpoint, '--name', 'tools', ...tools]);
  shim.send(initialize);
  return shim;
}

describe('trouble with the collector never reaches the traffic', () => {
  async function talk(shim: ShimProcess, calls: number): Promise<void> {
    for (let id = 1; id <= calls; id++) {
      shim.call(id, 'echo', { message: 'x' });
      await shim.lines(id + 1);
    }
  }

  function spooled(shim: ShimProcess, signal = 'traces'): string[] {
    const directory = join(shim.home, 'spool');
    try {
      return readdirSync(directory)
        .filter((file) => file.endsWith(`.${signal}.jsonl`))
        .map((file) => join(directory, file));
    } catch {
      return [];
    }
  }

  it('when there is none: spans wait in a private spool', async () => {
    const shim = new ShimProcess(['--name', 'tools', ...tools]);
    await talkInitialized(shim);
    await shim.end();
    const [file = ''] = spooled(shim);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(shim.home, 'spool')).mode & 0o777).toBe(0o700);
    collector.readSpool(shim.home);
    expect(collector.spans.filter(({ name }) => name === 'tools/call echo').length).toBe(20);
  });

  it('when it never answers: the exit does not wait for it', async () => {
    collector.status = 0;
    const shim = start();
    await talk(shim, 20);
    await until(() => collector.requests > 0);
    const before = performance.now();
    expect((await shim.end()).code).toBe(0);
    // A request is waited for ten seconds, which began just now.
    expect(performance.now() - before).toBeLessThan(9_500);
    collector.readSpool(shim.home);
    expect(collector.spans.length).toBe(21);
  });

  it.each([503, 429, 401])('when it says %i for a while: they are sent again', async (status) => {
    collector.status = status;
    const shim = start();
    await talk(shim, 3);
    await until(() => collector.requests > 0);
    collector.status = null;
    await until(() => collector.named('tools/call echo') !== undefined);
    await shim.end();
    collector.readSpool(shim.home);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(4);
  });

  it.each(['3600', 'Fri, 31 Dec 2199 23:59:59 GMT'])(
    'when it wants no more before %s: spans are spooled',
    async (date) => {
      collector.status = 503;
      collector.headers = { 'retry-after': date };
      const shim = start();
      await talk(shim, 3);
      await until(() => spooled(shim).length > 0);
      expect(collector.requests).toBe(1);
      await shim.end();
      collector.readSpool(shim.home);
      expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(4);
    },
  );

  it('when its address is none: spans are spooled', async () => {
    const shim = new ShimProcess(['--endpoint', 'localhost:4318', '--name', 'tools', ...tools]);
    await talkInitialized(shim);
    await shim.end();
    collector.readSpool(shim.home);
    expect(collector.spans.length).toBe(21);
  });

  it('when it refuses what it is sent: that is counted and reported', async () => {
    collector.status = 400;
    const shim = start();
    await talk(shim, 1);
    await until(() => collector.requests > 0);
    collector.status = null;
    await talk(shim, 2);
    await until(() => collector.findings('telemetry_dropped').length > 0);
    await shim.end();
  });

  it('when it dies and comes back: the same spans arrive', async () => {
    const shim = start();
    await talk(shim, 2);
    const { port } = collector;
    await collector.stop();
    shim.call(50, 'refuse');
    await until(() => shim.stdout.includes('"id":50'));
    collector = await FakeCollector.start(port);
    await until(() => collector.named('tools/call refuse') !== undefined);
    await shim.end();
  });

  it('when it is away for long: what comes when it is back arrives', async () => {
    const shim = start();
    await talk(shim, 2);
    const { port } = collector;
    await collector.stop();
    for (let id = 10; spooled(shim).length === 0; id++) {
      shim.call(id, 'lie');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    collector = await FakeCollector.start(port);
    for (let id = 1000; collector.named('tools/call refuse') === undefined; id++) {
      shim.call(id, 'refuse');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await shim.end();
  });

  it('when the spool is full or not writable: they are dropped, and calls go on', async () => {
    const full = new ShimProcess(['--spool-limit', '10', ...tools]);
    await talkInitialized(full);
    expect((await full.end()).code).toBe(0);
    expect(spooled(full)).toEqual([]);
    const home = temporaryDir();
    writeFileSync(join(home, 'file'), '');
    const blocked = new ShimProcess(['--spool', join(home, 'file', 'below'), ...tools]);
    await talkInitialized(blocked);
    expect((await blocked.end()).code).toBe(0);
  });

  it('when one starts later: it is found, and gets what comes', async () => {
    const shim = new ShimProcess(['--name', 'late', ...tools]);
    await talkInitialized(shim);
    announce(shim.home, process.cwd(), process.pid);
    for (let id = 100; collector.spans.length === 0; id++) {
      shim.call(id, 'echo', { message: 'x' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await shim.end();
    expect([...collector.authorizations]).toEqual(['Bearer found']);
  });

  async function talkInitialized(shim: ShimProcess): Promise<void> {
    shim.send(initialize);
    await talk(shim, 20);
  }

  function announce(
    home: string,
    workspace: string,
    pid: number,
    endpoint = collector.endpoint,
    folders: readonly string[] = [],
  ): void {
    const directory = join(home, 'collectors');
    mkdirSync(directory, { recursive: true });
    const file = join(directory, `${pid}-${endpoint.length}${workspace.length}.json`);
    writeFileSync(
      file,
      JSON.stringify({ endpoint, token: 'found', workspace, folders, pid, startedAt: Date.now() }),
    );
  }

  it('and is found by workspace, when it lives, and on this machine only', async () => {
    const home = temporaryDir();
    announce(home, '/elsewhere', process.pid);
    announce(home, process.cwd(), 2 ** 22 + 1);
    announce(home, process.cwd(), process.pid, 'http://example.com:80');
    const none = new ShimProcess(tools, {}, home);
    await talkInitialized(none);
    await none.end();
    expect(collector.spans).toEqual([]);
    announce(home, process.cwd(), process.pid);
    const found = new ShimProcess(tools, {}, home);
    await talkInitialized(found);
    await until(() => collector.spans.length === 21);
    await found.end();
  });

  it('and is found from every folder of its window', async () => {
    const home = temporaryDir();
    announce(home, '/elsewhere', process.pid, collector.endpoint, ['/other', process.cwd()]);
    const shim = new ShimProcess(tools, {}, home);
    await talkInitialized(shim);
    await until(() => collector.spans.length === 21);
    await shim.end();
  });
});
