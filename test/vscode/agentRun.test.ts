import { describe, expect, it } from 'vitest';
import type { SpanRow } from '../../src/core/protocol.js';
import { eventually } from './rig/eventually.js';
import { runSampleAgent, showStory } from './rig/sampleAgent.js';
import { useSession } from './rig/useSession.js';
import { copySamples } from './rig/workspace.js';

const open = useSession(() => ({ workspace: copySamples() }));

/** Layers of the rows that lie one in the other, from the first of that name on. */
function layersFrom(name: string, rows: readonly SpanRow[]): string[] {
  const first = rows.findIndex((row) => row.name === name);
  const { depth = 0 } = rows[first] ?? {};
  return rows
    .slice(first)
    .filter((row, index) => row.depth === depth + index)
    .map(({ layer }) => layer);
}

describe('an agent that runs in a terminal of the editor', () => {
  it('stands with its model, the wire and the server in one trace', async () => {
    const session = open();
    await session.workbench.openSpanpath();
    await session.probe.runCommand('spanpath.openTrace');
    const rows = await runSampleAgent(session, 'misread');
    for (const tool of ['plan_day', 'reserve_balloon']) {
      const chain = ['tool', 'mcp-client', 'wire', 'mcp-server'];
      expect(layersFrom(tool, rows).slice(0, 4)).toEqual(chain);
    }
    expect(rows.map(({ layer }) => layer).slice(0, 3)).toEqual(['workflow', 'agent', 'llm']);
  });

  it('is told as a story, which says that a failure was read as a success', async () => {
    const session = open();
    const { probe, traces } = session;
    await probe.runCommand('workbench.action.closePanel');
    const story = await showStory(session);
    expect(story).toContain('3 rounds of inference');
    expect(story).toContain('its payload says');
    const frame = await traces.frame();
    // The agent took it for a success; the wire knows better.
    await frame.locator('.toolbar vscode-button', { hasText: 'Errors 1' }).waitFor();
    await frame.locator('.story .link', { hasText: 'reserve_balloon' }).click();
    await eventually('the row of the failure to be selected', async () => {
      return (await traces.selectedName()) === 'reserve_balloon';
    });
  });
});
