import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { findFreePort } from '../fixtures/freePort.js';
import { eventually } from './rig/eventually.js';
import { ensureEverything, everythingEntry } from './rig/everything.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

let port = 0;
let server: ChildProcess | undefined;

beforeAll(async () => {
  const entry = join(ensureEverything(), everythingEntry);
  await eventually('the HTTP server', async () => {
    // Somebody else may have taken the port that was free a moment ago.
    if (!server || server.exitCode !== null) {
      port = await findFreePort();
      server = spawn(process.execPath, [entry, 'streamableHttp'], {
        cwd: root,
        env: { ...process.env, PORT: String(port) },
        stdio: 'ignore',
      });
    }
    return fetch(`http://127.0.0.1:${port}/mcp`);
  });
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
    // The row comes with the live channel; its attributes come with the span.
    await expect
      .poll(async () => (await probe.details(row))?.attributes['network.transport'])
      .toBe('tcp');
  });
});
