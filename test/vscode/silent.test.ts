import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

const script = join(root, 'test/fixtures/servers/badServer.mjs');
const server = (env: Record<string, string>) => ({ command: 'node', args: [script, 'good'], env });

const open = useSession(() => ({
  workspace: makeWorkspace({
    '.vscode/mcp.json': mcpJson({
      stranger: server({ SPANPATH_TOKEN: 'a token of another day' }),
      elsewhere: server({ SPANPATH_ENDPOINT: 'http://127.0.0.1:9' }),
    }),
  }),
}));

async function callEcho(name: string): Promise<void> {
  const { servers, form } = open();
  await servers.open();
  await servers.start(name);
  await form.openFrom(servers.row('echo').first(), 'echo', name);
  await form.fill('text', 'still here');
  await form.press('Call');
  expect(await form.resultText()).toContain('still here');
}

describe('a server whose shim has', () => {
  it('a wrong token: it answers as ever, and the status bar says what is not arriving', async () => {
    const { servers, workbench } = open();
    await callEcho('stranger');
    await workbench.statusBar('Telemetry not arriving').waitFor();
    await servers.stop('stranger');
    await workbench.statusBar('Telemetry not arriving').waitFor({ state: 'detached' });
  });

  it('a port where nobody listens: its telemetry finds the collector of the workspace', async () => {
    const { servers, probe } = open();
    await callEcho('elsewhere');
    await eventually('the row of the call', async () => {
      const { rows } = await probe.rows({ query: 'server:elsewhere tool:echo' });
      return rows.some(({ outcome }) => outcome === 'ok');
    });
    await servers.stop('elsewhere');
  });
});
