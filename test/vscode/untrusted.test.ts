import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually, repeat, soonMs } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

const server = join(root, 'test/fixtures/servers/badServer.mjs');
/** Starts the server and leaves a file behind, so that a start cannot go unseen. */
const tattle = `require('node:fs').writeFileSync('started', ''); import(process.argv[1]);`;

const open = useSession(() => ({
  workspace: makeWorkspace({
    '.vscode/mcp.json': mcpJson({
      tattler: { command: 'node', args: ['-e', tattle, server, 'good'] },
    }),
  }),
  trust: 'ask',
}));

describe('an untrusted workspace', () => {
  it('starts no process, by no command', async () => {
    const { probe, workbench, workspace } = open();
    await workbench.openSpanpath();
    const commands = ['startServer', 'restartServer', 'callTool', 'traceInAgent', 'replay'];
    for (const command of commands) {
      // A refusal may be a message or an error; what counts is that nothing runs.
      void probe.runCommand(`spanpath.${command}`, 'tattler').catch(() => null);
    }
    expect(await probe.isSpanpathActive()).toBeDefined();
    await eventually('the view to say that it waits for trust', () =>
      workbench.text('only in a trusted workspace').isVisible(),
    );
    expect(existsSync(workspace.path('started'))).toBe(false);
  });

  it('asks for trust where a tool is to be chosen', async () => {
    const { form, workbench } = open();
    const told = workbench.notification('only in a trusted workspace');
    await form.press('Choose a Tool…');
    await repeat(
      'the message that asks for trust',
      () => form.press('Choose a Tool…'),
      () => told.getByRole('button', { name: 'Manage Workspace Trust' }).isVisible(),
    );
  });

  it('lists and starts its servers once it is trusted', async () => {
    const { servers, workbench, workspace } = open();
    const note = servers.tree.getByText('Servers are started only in a trusted workspace.');
    await servers.row('tattler').waitFor();
    await repeat(
      'the workspace to be trusted',
      async () => {
        await workbench.runCommand('Workspaces: Manage Workspace Trust');
        await workbench.button('Trust').click({ timeout: soonMs });
      },
      async () => !(await note.isVisible()),
    );
    await servers.start('tattler');
    expect(existsSync(workspace.path('started'))).toBe(true);
  });
});
