import { describe, expect, it } from 'vitest';
import { eventually } from './rig/eventually.js';
import { lineAfter, lineOf } from './rig/places.js';
import { useSession } from './rig/useSession.js';
import { copySamples, hasPython } from './rig/workspace.js';

const python = hasPython();
const open = useSession(() => ({ workspace: copySamples() }));

/** The editor, once it stands at that line. */
async function editorAt(file: string, line: number) {
  const { probe } = open();
  return eventually(`the editor at ${file}:${line}`, async () => {
    const editor = await probe.activeEditor();
    return editor?.file === file && editor.line === line ? editor : null;
  });
}

describe('with the mouse alone', () => {
  it('a TypeScript tool is called by its form, seen while it runs, and clicked to its handler', async () => {
    const { servers, form, traces, workspace } = open();
    await servers.open();
    await servers.start('weather');
    await form.openFrom(servers.row('plan_day'), 'plan_day');
    await form.press('Call');

    await traces.runningRow('plan_day');
    const row = await traces.finishedRow('plan_day');
    expect(await form.resultText()).toContain('09:00–11:00');

    await row.locator('.name').dblclick();
    const file = workspace.path('weather/server.ts');
    await editorAt(file, lineAfter(file, "'plan_day'", 'async ({ city }'));
  });

  it("shows the server's own spans below the call", async () => {
    const { probe } = open();
    const names = await eventually('the spans of plan_day', async () => {
      const { rows } = await probe.rows({ query: 'tool:plan_day' });
      return rows.length >= 5 && rows.map(({ name }) => name);
    });
    expect(names).toEqual(
      expect.arrayContaining(['GET /forecast/lisbon', 'GET /air-quality/lisbon', 'choose hours']),
    );
    // The server's exporter works beside the call, and is no part of it.
    expect(names.filter((name) => name.includes('/v1/traces'))).toEqual([]);
  });

  it.skipIf(!python)('a Python tool likewise', async () => {
    const { servers, form, traces, workspace } = open();
    await servers.start('orders');
    await form.openFrom(servers.row('quote_delivery'), 'quote_delivery');
    await form.press('Call');
    await form.showInTrace();
    const row = await traces.finishedRow('quote_delivery');
    await row.locator('.name').dblclick();
    const file = workspace.path('orders/server.py');
    await editorAt(file, lineOf(file, 'async def quote_delivery'));
  });
});

describe('a click on a stopped server', () => {
  it('selects it and starts nothing', async () => {
    const { servers } = open();
    await servers.open();
    await servers.reveal('tickets');
    const row = servers.row('tickets');
    await row.click();
    await row.and(servers.tree.locator('.selected')).waitFor();
    // Long enough for a start to show: the state changes before anything is asked or spawned.
    await row.page().waitForTimeout(500);
    expect(await row.textContent()).toContain('stopped');
  });
});

describe('with the keyboard alone', () => {
  it('a server is started, a tool called and its handler opened', async () => {
    const { page, servers, form, traces, workbench, workspace } = open();
    await workbench.runCommand('Spanpath: Focus on Servers View');
    await servers.walkTo('tickets');
    await page.keyboard.press('Enter');
    await servers.waitForState('tickets', 'running');
    await servers.walkTo('find_seats');
    await page.keyboard.press('Enter');

    await form.waitForTool('find_seats');
    await form.typeInto('show', 'Macbeth');
    await page.keyboard.press('Control+Enter');
    expect(await form.resultText()).toContain('Macbeth');

    await workbench.runCommand('Spanpath: Open Trace View');
    await traces.frame();
    await traces.walkUpTo('find_seats');
    await page.keyboard.press('Enter');
    const file = workspace.path('tickets/server.ts');
    await editorAt(file, lineAfter(file, "'find_seats'", 'async ({ show })'));
  });
});
