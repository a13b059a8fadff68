import { describe, expect, it } from 'vitest';
import { eventually, repeat, soonMs } from './rig/eventually.js';
import { lineAfter, lineOf } from './rig/places.js';
import { useSession } from './rig/useSession.js';
import { copySamples, hasPython } from './rig/workspace.js';

const python = hasPython();
const open = useSession(() => ({ workspace: copySamples() }));

async function isEditorAt(file: string, line: number): Promise<boolean> {
  const editor = await open().probe.activeEditor();
  return editor?.file === file && editor.line === line;
}

describe('with the mouse alone', () => {
  it('a TypeScript tool is called by its form, seen while it runs, and clicked to its handler', async () => {
    const { servers, form, traces, workspace } = open();
    await servers.open();
    await servers.start('weather');
    await form.openFrom(servers.row('plan_day'), 'plan_day');
    await traces.seeRunning('plan_day', () => form.press('Call'));
    expect(await form.resultText()).toContain('09:00–11:00');

    const file = workspace.path('weather/server.ts');
    const line = lineAfter(file, "'plan_day'", 'async ({ city }');
    await traces.openHandler('plan_day', () => isEditorAt(file, line));
  });

  it("shows the server's own spans below the call", async () => {
    const { probe } = open();
    const own = ['GET /forecast/lisbon', 'GET /air-quality/lisbon', 'choose hours'];
    const names = await eventually('the spans of plan_day', async () => {
      const { rows } = await probe.rows({ query: 'tool:plan_day' });
      const found = rows.map(({ name }) => name);
      return own.every((name) => found.includes(name)) && found;
    });
    // The server's exporter works beside the call, and is no part of it.
    expect(names.filter((name) => name.includes('/v1/traces'))).toEqual([]);
  });

  it.skipIf(!python)('a Python tool likewise', async () => {
    const { servers, form, traces, workspace } = open();
    await servers.start('orders');
    await form.openFrom(servers.row('quote_delivery'), 'quote_delivery');
    await form.press('Call');
    await form.showInTrace();
    const file = workspace.path('orders/server.py');
    const line = lineOf(file, 'async def quote_delivery');
    await traces.openHandler('quote_delivery', () => isEditorAt(file, line));
  });
});

describe('a click on a stopped server', () => {
  it('selects it and starts nothing', async () => {
    const { servers } = open();
    await servers.open();
    await servers.reveal('tickets');
    const row = servers.row('tickets');
    const selected = row.and(servers.tree.locator('.selected'));
    await repeat(
      'the row to be selected',
      () => row.click({ timeout: soonMs }),
      () => selected.isVisible(),
    );
    // Long enough for a start to show: the state changes before anything is asked or spawned.
    await row.page().waitForTimeout(500);
    expect(await row.textContent()).toContain('stopped');
  });
});

describe('with the keyboard alone', () => {
  it('a server is started, a tool called and its handler opened', async () => {
    const { servers, form, traces, workbench, workspace } = open();
    await workbench.runCommand('Spanpath: Focus on Servers View');
    const isLeft = async () => !(await servers.isIn('tickets', 'stopped'));
    await servers.enter('tickets', isLeft);
    await servers.waitForState('tickets', 'running');
    await servers.enter('find_seats', () => form.hasKeyboard('find_seats'));

    await form.typeInto('show', 'Macbeth');
    await form.send();
    expect(await form.resultText()).toContain('Macbeth');

    await workbench.runCommand('Spanpath: Open Trace View');
    const file = workspace.path('tickets/server.ts');
    const line = lineAfter(file, "'find_seats'", 'async ({ show })');
    await traces.enter('find_seats', () => isEditorAt(file, line));
  });
});
