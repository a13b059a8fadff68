import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Collector, StartOptions } from '../../src/collector/collector.js';
import { WellKnownPort } from '../../src/collector/ports/wellKnownPort.js';
import { findFreePort } from '../fixtures/freePort.js';
import { encodeTold, mcp } from '../unit/core/trace/telling.js';
import { makeFolder, post, run } from './running.js';
import { target, until } from './targets.js';

const told = { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim' };

function openWindow(discoveryDir: string, httpPort: number, more: Partial<StartOptions> = {}) {
  return run({
    discoveryDir,
    workspace: `/work/${Math.random().toString(36).slice(2, 6)}`,
    outlets: { httpPort, grpcPort: null, forward: [] },
    ...more,
  });
}

const spansOf = async (collector: Collector) =>
  (await collector.handlers['session/summary'](null)).spans;
const withoutToken = { Authorization: '' };

function send(port: number): Promise<Response> {
  return post({ endpoint: `http://127.0.0.1:${port}` }, encodeTold(told), {
    headers: withoutToken,
  });
}

describe('a well-known port', () => {
  it('takes telemetry from senders that know no token, beside the own port that wants one', async () => {
    const port = await findFreePort();
    const window = await openWindow(makeFolder(), port);
    expect(window.outlets.status.ports).toEqual([
      { protocol: 'http', port, owned: true, owner: null, problem: null },
    ]);
    expect((await send(port)).status).toBe(200);
    expect(await spansOf(window)).toBe(1);
    expect((await post(window, encodeTold(told), { headers: withoutToken })).status).toBe(401);
  });

  it('is no way to the view, the live channel or another origin', async () => {
    const port = await findFreePort();
    await openWindow(makeFolder(), port);
    for (const path of ['/ui/', '/live', '/ui/rpc']) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
    }
    const headers = { ...withoutToken, Origin: 'https://example.com' };
    const foreign = await post({ endpoint: `http://127.0.0.1:${port}` }, encodeTold(told), {
      headers,
    });
    expect(foreign.status).toBe(403);
  });

  it('is shared by the window that has it with the others', async () => {
    const folder = makeFolder();
    const port = await findFreePort();
    const owner = await openWindow(folder, port);
    const others = [await openWindow(folder, port), await openWindow(folder, port)];
    for (const other of others) {
      expect(other.outlets.status.ports[0]).toMatchObject({
        owned: false,
        owner: { pid: process.pid },
        problem: expect.stringMatching(/belongs to another Spanpath.*shares what arrives/),
      });
    }
    await send(port);
    for (const window of [owner, ...others]) {
      await until(async () => (await spansOf(window)) === 1);
    }
  });

  it('shares nothing that came to a window by its own port', async () => {
    const folder = makeFolder();
    const port = await findFreePort();
    const owner = await openWindow(folder, port);
    const other = await openWindow(folder, port);
    await post(owner, encodeTold(told));
    await post(other, encodeTold({ ...told, id: 'b' }));
    await send(port);
    await until(async () => (await spansOf(other)) > 1);
    expect(await spansOf(owner)).toBe(1);
  });

  it('goes to another window when its owner ends', async () => {
    const folder = makeFolder();
    const port = await findFreePort();
    const owner = await openWindow(folder, port);
    const other = await openWindow(folder, port);
    await owner.stop();
    await until(() => other.outlets.status.ports[0]!.owned);
    expect((await send(port)).status).toBe(200);
    expect(await spansOf(other)).toBe(1);
    const owns = () =>
      readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).owns);
    await expect.poll(owns).toEqual([[port]]);
  });

  it('that is given as a target to forward to is this collector itself, and gets nothing', async () => {
    const port = await findFreePort();
    const forward = [target(`http://localhost:${port}`)];
    const window = await run({ outlets: { httpPort: port, grpcPort: null, forward } });
    await send(port);
    await expect
      .poll(() => window.outlets.status.forward)
      .toMatchObject([
        { sent: 0, queuedRequests: 0, problem: expect.stringContaining('this collector itself') },
      ]);
  });

  it('that another program has leaves the collector at work, and says so', async () => {
    const blocker = createServer();
    const port = await findFreePort();
    await new Promise<void>((resolve) => blocker.listen(port, '127.0.0.1', () => resolve()));
    onTestFinished(() => void blocker.close());
    const window = await openWindow(makeFolder(), port);
    expect(window.outlets.status.ports[0]).toMatchObject({
      owned: false,
      owner: { workspace: null, pid: null },
      problem: expect.stringMatching(/taken by another program.*own address/),
    });
    expect((await post(window, encodeTold(told))).status).toBe(200);
  });

  it('is tried again until it is free, and given back when it is not wanted', async () => {
    const changes: boolean[] = [];
    let free = false;
    const port = new WellKnownPort({
      protocol: 'grpc',
      port: 4317,
      open: async () => {
        if (!free) throw new Error('listen EADDRINUSE: address already in use');
        return async () => void changes.push(false);
      },
      findOwner: () => null,
      onDidChange: () => changes.push(port.isOwned),
      retryMs: 10,
    });
    await port.start();
    expect(changes).toEqual([false]);
    free = true;
    await until(() => port.isOwned);
    await port.stop();
    expect(changes).toEqual([false, true, false]);
  });

  it('is one for gRPC too', async () => {
    const folder = makeFolder();
    const port = await findFreePort();
    const window = await run({
      discoveryDir: folder,
      outlets: { httpPort: null, grpcPort: port, forward: [] },
    });
    expect(window.outlets.status.ports).toMatchObject([{ protocol: 'grpc', port, owned: true }]);
    const second = await run({
      discoveryDir: folder,
      outlets: { httpPort: null, grpcPort: port, forward: [] },
    });
    expect(second.outlets.status.ports[0]?.problem).toMatch(/belongs to another Spanpath/);
  });

  it('of a collector without a token shares what comes to its own port', async () => {
    const folder = makeFolder();
    const other = await run({ discoveryDir: folder });
    const open = await run({ discoveryDir: folder, token: null });
    await send(Number(new URL(open.endpoint).port));
    await until(async () => (await spansOf(other)) === 1);
  });
});
