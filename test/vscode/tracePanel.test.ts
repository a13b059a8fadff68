import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/ensure.mjs';
import { eventually, patienceMs, repeat, soonMs } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { makeWorkspace, mcpJson } from './rig/workspace.js';

const script = join(root, 'test/fixtures/servers/badServer.mjs');

/** A tool of the server, registered in Go: nobody needs Go to find it. */
const goServer = `package main

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func handleEcho(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	return mcp.NewToolResultText(request.GetString("text", "")), nil
}

func main() {
	s := server.NewMCPServer("good", "1.0.0")
	s.AddTool(mcp.NewTool("echo", mcp.WithDescription("Says it again")), handleEcho)
	server.ServeStdio(s)
}
`;

const open = useSession(() => ({
  workspace: makeWorkspace({
    '.vscode/mcp.json': mcpJson({ good: { command: 'node', args: [script, 'good'] } }),
    'main.go': goServer,
    'go.mod': 'module example.com/good\n\ngo 1.23\n',
  }),
}));

async function call(tool: string): Promise<void> {
  const { servers, form } = open();
  await form.openFrom(servers.row(tool), tool);
  await form.fill('text', 'hello');
  await form.press('Call');
  await form.resultText();
}

/** What must outlast everything that happens to the panel. */
async function placeKept() {
  const { traces } = open();
  const frame = await traces.frame();
  return {
    selected: await traces.selectedName(),
    query: await frame.locator('.search input').inputValue(),
    zoomed: await frame.locator('.overview-window').isVisible(),
  };
}

const kept = { selected: 'echo', query: 'tool:echo', zoomed: true };

/** Once the page, which may just be made anew, has its rows. */
async function expectPlace() {
  await open().traces.row('echo');
  await expect.poll(() => placeKept().catch(() => null), { timeout: patienceMs }).toEqual(kept);
}

describe('the trace view keeps selection, search and zoom', () => {
  it('when they are made', async () => {
    const { servers, traces, probe, page } = open();
    await servers.open();
    await servers.start('good');
    await call('echo');
    await call('echo');
    await probe.runCommand('spanpath.openTrace');
    const frame = await traces.frame();
    // A file of their own, under the editor's policy, read after the page has loaded.
    await eventually('the controls in the colours of the theme', () =>
      frame.evaluate(
        () =>
          customElements.get('vscode-button') !== undefined &&
          getComputedStyle(document.body).getPropertyValue('--button-primary-background') !== '',
      ),
    );
    await traces.finishedRow('echo');
    const search = frame.locator('.search input');
    await repeat(
      'the search to be typed',
      async () => {
        await search.click({ timeout: soonMs });
        await page.keyboard.press('Control+A');
        await page.keyboard.type(kept.query);
        await page.keyboard.press('Enter');
      },
      async () => (await search.inputValue()) === kept.query,
    );
    await eventually('the zoom', async () => {
      await traces.select('echo');
      for (let step = 0; step < 4; step++) await page.keyboard.press('+');
      return (await placeKept()).zoomed;
    });
    await expectPlace();
    await traces.waitForState();
  });

  it('while another editor covers it', async () => {
    const { probe } = open();
    await probe.runCommand('workbench.action.files.newUntitledFile');
    const tabs = await probe.tabs();
    const column = tabs.find(({ label }) => label === 'Spanpath')?.column;
    await eventually('an editor over the view', async () =>
      (await probe.tabs()).some((tab) => tab.label !== 'Spanpath' && tab.column === column),
    );
    await probe.runCommand('workbench.action.closeActiveEditor');
    await expectPlace();
  });

  it('when it is moved to another column', async () => {
    const { probe, workspace } = open();
    // A column in which nothing is left would close, and the numbers would move up.
    await probe.openFile(workspace.path('go.mod'));
    await probe.runCommand('spanpath.openTrace');
    const column = async () =>
      (await probe.tabs()).find(({ label }) => label === 'Spanpath')?.column;
    const before = await column();
    await probe.runCommand('workbench.action.moveEditorToRightGroup');
    await eventually('another column', async () => {
      const now = await column();
      return now !== undefined && now !== before;
    });
    await expectPlace();
  });

  it('opens a handler written in Go, which the index read', async () => {
    const { traces, workspace, probe } = open();
    const frame = await traces.frame();
    await traces.select('echo');
    await repeat(
      'the handler in an editor',
      () => frame.locator('[role="treegrid"]').press('Enter', { timeout: soonMs }),
      async () => {
        const active = await probe.activeEditor();
        return (
          active?.file === workspace.path('main.go') && active.text.includes('func handleEcho')
        );
      },
    );
  });

  it('when the window is loaded again', async () => {
    const { page, probe } = open();
    // As somebody does it: a page that is torn away writes down nothing of the editor's own state.
    const loaded = page.waitForEvent('load');
    // The host that would answer ends meanwhile.
    probe.runCommand('workbench.action.reloadWindow').catch(() => undefined);
    await loaded;
    await page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor();
    await expectPlace();
  });
});

describe('a call made again', () => {
  it('stands beside the one before it after one click', async () => {
    const { traces } = open();
    const frame = await traces.frame();
    const table = frame.locator('.compare-table');
    await repeat(
      'the two calls side by side',
      async () => {
        await traces.select('echo');
        const links = frame.locator('.pane-links');
        await links.getByText('Compare', { exact: true }).click({ timeout: soonMs });
      },
      () => table.isVisible(),
    );
    await expect.poll(() => table.locator('thead').textContent()).toMatch(/Before.*After/);
    await expect.poll(() => table.locator('tbody tr').first().textContent()).toContain('echo');
  });
});
