import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually, repeat, soonMs } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

const server = join(root, 'test/fixtures/servers/badServer.mjs');
const good = { command: 'node', args: [server, 'good'] };
const never = { command: 'node', args: ['-e', 'process.stdin.resume()'] };

const open = useSession(() => {
  const workspace = makeWorkspace({
    'both.code-workspace': JSON.stringify({ folders: [{ path: 'api' }, { path: 'web' }] }),
    'api/.vscode/mcp.json': mcpJson({ good, never }),
    'web/.vscode/mcp.json': mcpJson({ good, web: good }),
  });
  return { workspace: { ...workspace, folder: workspace.path('both.code-workspace') } };
});

describe('a window with two folders', () => {
  it('lists the servers of both, and tells those of one name apart', async () => {
    const { servers } = open();
    await servers.open();
    await expect
      .poll(() => servers.row('good').allTextContents())
      .toEqual([expect.stringContaining('api'), expect.stringContaining('web')]);
    expect(await servers.row('web').textContent()).not.toContain('·');
  });

  it('asks in which folder a server is to be added', async () => {
    const { page, probe, workbench } = open();
    const adding = probe.runCommand('spanpath.addServer');
    await expect.poll(() => workbench.quickPickRows()).toEqual(['api', 'web']);
    await workbench.answerQuickInput('web');
    await adding;
    await expect
      .poll(async () => (await probe.activeEditor())?.file)
      .toMatch(/web\/\.vscode\/mcp\.json$/);
    await page.keyboard.press('Escape');
  });

  it('starts a server of the second folder there, and traces it', async () => {
    const { form, probe, servers, workspace } = open();
    await servers.start('web');
    await servers.reveal('echo');
    await form.openFrom(servers.row('echo'), 'echo');
    await form.press('Call');
    await form.resultText();
    // The row comes with the live channel; where its server stands comes with the span.
    const serverCwd = await eventually('the call to be traced', async () => {
      const row = (await probe.rows()).rows.find(({ name }) => name === 'echo');
      return row && (await probe.details(row))?.serverCwd;
    });
    expect(serverCwd).toBe(realpathSync(workspace.path('web')));
  });

  it('a start that takes long is cancelled where it is told of', async () => {
    const { servers, workbench } = open();
    const told = workbench.notification('Starting never');
    await servers.press(servers.row('never'), 'Start', () => servers.isIn('never', 'starting'));
    await told.waitFor();
    await repeat(
      'the start to be cancelled',
      () => told.getByRole('button', { name: 'Cancel' }).click({ timeout: soonMs }),
      () => servers.isIn('never', 'stopped'),
    );
  });
});
