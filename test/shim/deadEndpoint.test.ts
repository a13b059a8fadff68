import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeCollector } from './fakeCollector.js';
import { ShimProcess, serverPath, temporaryDir, until } from './shimProcess.js';

let collector: FakeCollector;
beforeEach(async () => {
  collector = await FakeCollector.start();
});
afterEach(() => collector.stop());

it('what was called while a dead endpoint was tried reaches the collector of the workspace', async () => {
  const home = temporaryDir();
  mkdirSync(join(home, 'collectors'));
  writeFileSync(
    join(home, 'collectors', 'one.json'),
    JSON.stringify({
      ...{ endpoint: collector.endpoint, token: null, workspace: process.cwd() },
      ...{ pid: process.pid, startedAt: Date.now() },
    }),
  );
  const words = ['--endpoint', 'http://127.0.0.1:9', '--name', 'tools', '--'];
  const shim = new ShimProcess([...words, process.execPath, serverPath('tools.mjs')], {}, home);
  const params = { protocolVersion: '2025-06-18' };
  shim.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  shim.call(1, 'echo', { message: 'x' });
  await shim.lines(2);
  await until(() => collector.spans.length >= 2);
  expect(collector.spans.map(({ name }) => name)).toContain('tools/call echo');
  await shim.end();
});
