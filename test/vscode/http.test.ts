import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually } from './rig/eventually.js';
import { ensureEverything, everythingEntry } from './rig/everything.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

let port = 0;
let server: ChildProcess | undefined;

beforeAll(async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  port = (probe.address() as { port: number }).port;
  probe.close();
  const entry = join(ensureEverything(), everythingEntry);
  server = spawn(process.execPath, [entry, 'streamableHttp'], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  await eventually('the HTTP server', () =>
    fetch(`http://127.0.0.1:${port}/mcp`).then(
      () => true,
      () => null,
    ),
  );
});
afterAll(() => {
  server?.kill();
});

const open = useSession(() => ({
  workspace: makeWorkspace({
    '.vscode/mcp.json': mcpJson({
      remote: { type: 'http', url: `http://127.0.0.1:${port}/mcp` },
    }),
  }),
}));

describe('a server behind a URL', () => {
  it('starts traced, and a call leaves a row that says so', async () => {
    const { servers, form, probe } = open();
    await servers.open();
    await servers.start('remote');
    await servers.reveal('get-sum');
    await form.openFrom(servers.row('get-sum'), 'get-sum');
    await form.fill('a', '20');
    await form.fill('b', '3');
    await form.press('Call');
    expect(await form.resultText()).toContain('23');
    const row = await eventually('its row', async () => {
      const { rows } = await probe.rows({ query: 'tool:get-sum' });
      return rows.find(
        ({ name, layer, outcome }) => name === 'get-sum' && layer === 'wire' && outcome !== null,
      );
    });
    expect(row).toMatchObject({ server: 'remote', outcome: 'ok', layer: 'wire' });
    const details = await probe.details(row);
    expect(details?.attributes['network.transport']).toBe('tcp');
  });
});
