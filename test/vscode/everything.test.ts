import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, repeat } from './rig/eventually.js';
import { ensureEverything, everythingEntry } from './rig/everything.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

/** A workspace that has the server below its own node_modules. */
function makeEverything() {
  const folder = ensureEverything();
  const workspace = makeWorkspace({
    '.vscode/mcp.json': mcpJson({
      everything: { command: 'node', args: [everythingEntry, 'stdio'] },
    }),
    'package.json': readFileSync(join(folder, 'package.json'), 'utf8'),
  });
  // Copied and not linked: a real path outside the workspace would ask before it opens.
  cpSync(join(folder, 'node_modules'), workspace.path('node_modules'), {
    recursive: true,
    dereference: true,
  });
  return workspace;
}

const open = useSession(() => ({ workspace: makeEverything() }));

interface Call {
  readonly tool: string;
  /** What is filled in beside the defaults. */
  readonly fill?: Record<string, string>;
  readonly choose?: Record<string, string>;
  /** Part of what the form shows as the result. */
  readonly says: string;
}
const calls: readonly Call[] = [
  { tool: 'echo', fill: { message: 'hello there' }, says: 'Echo: hello there' },
  { tool: 'get-annotated-message', choose: { messageType: 'success' }, says: 'success' },
  { tool: 'get-env', says: 'PATH' },
  { tool: 'get-resource-links', says: 'resource' },
  { tool: 'get-resource-reference', says: 'esource' },
  { tool: 'get-structured-content', choose: { location: 'Chicago' }, says: 'temperature' },
  { tool: 'get-sum', fill: { a: '40', b: '2' }, says: '42' },
  { tool: 'get-tiny-image', says: 'image' },
  {
    tool: 'gzip-file-as-resource',
    fill: { data: 'data:text/plain;base64,aGVsbG8=' },
    says: 'README.md.gz',
  },
  { tool: 'toggle-simulated-logging', says: 'logging' },
  { tool: 'toggle-subscriber-updates', says: 'update' },
  {
    tool: 'trigger-long-running-operation',
    fill: { duration: '1', steps: '2' },
    says: 'completed',
  },
  { tool: 'get-roots-list', says: 'oots' },
];
/** These ask the client back, or answer by way of a task; each has a test of its own below. */
const elsewhere = ['trigger-elicitation-request', 'simulate-research-query'];

describe('server-everything, as npm has it', () => {
  it('starts traced, and offers no tool that is not called here', async () => {
    const { servers, probe } = open();
    await servers.open();
    await servers.start('everything');
    const listed = await eventually('the answer of tools/list', async () => {
      const { rows } = await probe.rows();
      const row = rows.find(({ name }) => name === 'tools/list');
      const details = row && (await probe.details(row));
      // Other messages of the server may come while it answers.
      return details?.wire.find(({ body }) => body.includes('"tools":['))?.body;
    });
    const names = [...listed.matchAll(/"name":"([\w-]+)","title"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    const known = [...calls.map(({ tool }) => tool), ...elsewhere];
    expect(names.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it.each(calls)('$tool is called from the form and leaves a row', async (call) => {
    const { servers, form, probe } = open();
    await servers.reveal(call.tool);
    await form.openFrom(servers.row(call.tool), call.tool);
    for (const [field, text] of Object.entries(call.fill ?? {})) await form.fill(field, text);
    for (const [field, option] of Object.entries(call.choose ?? {})) {
      await form.choose(field, option);
    }
    await form.press('Call');
    expect(await form.resultText()).toContain(call.says);
    const row = await eventually('a finished row', async () => {
      const { rows } = await probe.rows({ query: `tool:${call.tool}` });
      return rows.findLast(
        (one) => one.layer === 'wire' && one.outcome !== null && one.name === call.tool,
      );
    });
    expect(row).toMatchObject({ name: call.tool, server: 'everything', outcome: 'ok' });
    // The row comes with the live channel; its messages come with the span.
    const details = await eventually('the messages of the call', async () => {
      const found = await probe.details(row);
      return found && found.wire.length >= 2 ? found : undefined;
    });
    expect(details.wire.map(({ direction }) => direction)).toEqual(
      expect.arrayContaining(['client-to-server', 'server-to-client']),
    );
    for (const text of Object.values({ ...call.fill, ...call.choose })) {
      expect(details.argumentsText).toContain(text);
    }
  });

  it('a tool that asks back shows its question, and takes no for an answer', async () => {
    const { servers, form, probe, workbench } = open();
    const tool = 'trigger-elicitation-request';
    await servers.reveal(tool);
    await form.openFrom(servers.row(tool), tool);
    await form.press('Call');
    await workbench.answerDialog('Decline');
    expect(await form.resultText()).toMatch(/declined/i);
    await eventually('its row', async () => {
      const { rows } = await probe.rows({ query: `tool:${tool}` });
      return rows.find((one) => one.layer === 'wire' && one.outcome === 'ok');
    });
  });

  it('a tool that answers by way of a task is followed to its end', async () => {
    const { servers, form, probe } = open();
    const tool = 'simulate-research-query';
    await servers.reveal(tool);
    await form.openFrom(servers.row(tool), tool);
    await form.fill('topic', 'weather balloons');
    await form.press('Call');
    expect(await form.resultText()).toContain('weather balloons');
    await eventually('its row', async () => {
      const { rows } = await probe.rows({ query: `tool:${tool}` });
      return rows.find((one) => one.layer === 'wire' && one.outcome === 'ok');
    });
  });

  it('opens a handler in node_modules, read-only', async () => {
    const { page, servers, probe, workbench } = open();
    await servers.reveal('echo');
    const handler = async () => {
      const active = await probe.activeEditor();
      const isThere = active?.file.includes('server-everything') && active.text.includes('async');
      return isThere && active;
    };
    await servers.press(servers.row('echo'), 'Open Handler', handler);
    const editor = await eventually('the handler in an editor', handler);
    expect(editor.file).toMatch(/echo\.js$/);
    await repeat(
      'the editor to say that it is read-only',
      async () => {
        await probe.runCommand('workbench.action.focusActiveEditorGroup');
        await page.keyboard.type('x');
      },
      () => workbench.text('Editor is read-only').isVisible(),
    );
    expect((await probe.activeEditor())?.text).toBe(editor.text);
  });
});
