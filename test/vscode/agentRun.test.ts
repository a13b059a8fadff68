import { describe, expect, it } from 'vitest';
import type { SpanRow } from '../../src/core/protocol.js';
import { eventually, patienceMs } from './rig/eventually.js';
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
    const [run] = await runSampleAgent(session, 'misread');
    // Four processes tell of it, each in its own time.
    const layersOf = async (tool?: string) => {
      const { rows } = await session.probe.rows();
      const own = rows.filter(({ traceId }) => traceId === run?.traceId);
      return tool ? layersFrom(tool, own).slice(0, 4) : own.map(({ layer }) => layer).slice(0, 3);
    };
    const patience = { timeout: patienceMs };
    for (const tool of ['plan_day', 'reserve_balloon']) {
      const chain = ['tool', 'mcp-client', 'wire', 'mcp-server'];
      await expect.poll(() => layersOf(tool), patience).toEqual(chain);
    }
    await expect.poll(() => layersOf(), patience).toEqual(['workflow', 'agent', 'llm']);
  });

  it('is told as a story, which says that a failure was read as a success', async () => {
    const session = open();
    const { probe, traces } = session;
    await probe.runCommand('workbench.action.closePanel');
    await showStory(session);
    const frame = await traces.frame();
    const story = frame.locator('.story');
    for (const words of ['3 rounds of inference', 'its payload says']) {
      await expect.poll(() => story.textContent(), { timeout: patienceMs }).toContain(words);
    }
    // The agent took it for a success; the wire knows better.
    await frame.locator('.toolbar vscode-button', { hasText: 'Errors 1' }).waitFor();
    await frame.locator('.story .link', { hasText: 'reserve_balloon' }).click();
    await eventually('the row of the failure to be selected', async () => {
      return (await traces.selectedName()) === 'reserve_balloon';
    });
  });
});
