import { describe, expect, it } from 'vitest';
import { eventually } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { copySamples, hasPython } from './rig/workspace.js';

const python = hasPython();
const open = useSession(() => ({
  workspace: copySamples(),
  settings: { 'chat.mcp.autostart': 'newAndOutdated' },
}));

describe("VS Code's own agent", () => {
  it.each([
    { server: 'weather', tool: 'plan_day', input: { city: 'oslo' }, says: 'oslo' },
    ...(python
      ? [{ server: 'orders', tool: 'order_status', input: { order: 'Z-9' }, says: 'Z-9' }]
      : []),
  ])('calls $server through the shim', async ({ server, tool, input, says }) => {
    const { servers, probe, workbench } = open();
    await servers.open();
    await servers.press(servers.row(server), "Trace in VS Code's Agent", () =>
      servers.isIn(server, 'in the agent'),
    );
    const name = await eventually(`the tool ${tool} in vscode.lm.tools`, async () => {
      const names = await probe.languageModelTools();
      return names.find((known) => known.startsWith(`mcp_${server}`) && known.endsWith(tool));
    });
    const answer = probe.invokeTool(name, input);
    // VS Code asks its user before a tool runs.
    await workbench.answerDialog('Yes');
    expect((await answer).join('')).toContain(says);
    const row = await eventually('its row', async () => {
      const { rows } = await probe.rows({ query: `tool:${tool}` });
      // The server's own span may be there before the call has its end.
      return rows.find((one) => one.layer === 'wire' && one.outcome !== null);
    });
    expect(row).toMatchObject({ name: tool, server, outcome: 'ok' });
  });
});
