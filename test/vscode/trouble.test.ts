import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually, repeat, soonMs } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

const script = join(root, 'test/fixtures/servers/badServer.mjs');
const server = (behaviour: string) => ({ command: 'node', args: [script, behaviour] });

const open = useSession(() => ({
  workspace: makeWorkspace({
    '.vscode/mcp.json': mcpJson({
      good: server('good'),
      prints: server('prints'),
      exits: server('exits'),
      mute: server('mute'),
      absent: { command: 'no-such-command-anywhere' },
      odd: { type: 'carrier-pigeon', command: 'coo' },
      empty: { type: 'stdio' },
    }),
    '.mcp.json': '{ "mcpServers": { "broken": { "command": } }',
  }),
}));

async function callTool(server: string, tool: string) {
  const { servers, form } = open();
  await servers.open();
  await servers.start(server);
  await form.openFrom(servers.row(tool).first(), tool, server);
  await form.press('Call');
}

/** Presses Start of a server that cannot be started. */
async function startInVain(server: string) {
  const { servers } = open();
  await servers.press(servers.row(server), 'Start', () => servers.isIn(server, 'failed'));
}

async function finishedRow(query: string) {
  const { probe } = open();
  return eventually(`a finished row for ${query}`, async () => {
    const { rows } = await probe.rows({ query });
    return rows.find(({ duration }) => duration !== null);
  });
}

describe('a broken configuration', () => {
  it('is named in the Servers view, and the other servers are there', async () => {
    const { servers } = open();
    await servers.open();
    await servers.row('good').waitFor();
    await servers.row('.mcp.json').waitFor();
    await servers.row('odd').filter({ hasText: 'carrier-pigeon' }).waitFor();
    await servers.row('empty').filter({ hasText: 'command' }).waitFor();
  });

  it('leads to the place that is wrong', async () => {
    const { servers, probe, workspace } = open();
    await repeat(
      'the place in an editor',
      () => servers.row('odd').click({ timeout: soonMs }),
      async () => {
        const active = await probe.activeEditor();
        const file = workspace.path('.vscode/mcp.json');
        return active?.file === file && active.text.includes('carrier-pigeon');
      },
    );
  });
});

describe('a server that cannot be used', () => {
  it('says what it wrote before it exited', async () => {
    const { servers } = open();
    await startInVain('exits');
    await servers.tree.getByText('the database file is missing').first().waitFor();
  });

  it('says that the command does not exist', async () => {
    const { servers } = open();
    await startInVain('absent');
    await servers.tree.getByText('no-such-command-anywhere').first().waitFor();
  });

  it('can be stopped while it never answers', async () => {
    const { servers } = open();
    await servers.press(servers.row('mute'), 'Start', () => servers.isIn('mute', 'starting'));
    await servers.stop('mute');
  });
});

describe('a server that misbehaves while it runs', () => {
  it('may print to stdout: it works, and a finding quotes the line', async () => {
    const { servers, probe } = open();
    await callTool('prints', 'echo');
    expect(await finishedRow('server:prints tool:echo')).toMatchObject({ outcome: 'ok' });
    await eventually('a finding that quotes the line', async () =>
      JSON.stringify(await probe.findings()).includes('Starting up, please wait'),
    );
    await servers.stop('prints');
  });

  it('may send 10 MB', async () => {
    const { form } = open();
    await callTool('good', 'huge');
    const row = await finishedRow('server:good tool:huge');
    expect(row.outcome).toBe('ok');
    expect(await form.resultText()).toContain('xxxx');
  });

  it('may exit during a call: the call is abandoned, the server failed', async () => {
    const { servers } = open();
    await callTool('good', 'quits');
    expect(await finishedRow('server:good tool:quits')).toMatchObject({ outcome: 'abandoned' });
    await servers.waitForState('good', 'failed');
  });
});
