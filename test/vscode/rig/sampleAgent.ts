import type { SpanRow } from '../../../src/core/protocol.js';
import { eventually } from './eventually.js';
import type { Session } from './session.js';

/** From the one who asked to what the tool did. */
const layers = ['workflow', 'agent', 'llm', 'tool', 'mcp-client', 'wire', 'mcp-server', 'internal'];

/** Runs the agent of the samples as a task, in a terminal; the rows of its trace, when it is whole. */
export async function runSampleAgent(
  { probe, workbench }: Session,
  ending: 'misread' | 'model' | 'tool' | 'server',
): Promise<readonly SpanRow[]> {
  // The agent looks for a collector when it begins.
  await probe.rows();
  const started = probe.runCommand('workbench.action.tasks.runTask', 'Run the sample agent');
  await workbench.answerQuickInput(ending);
  await started;
  return eventually('the whole run', async () => {
    const { rows } = await probe.rows();
    const workflow = rows.find(({ layer }) => layer === 'workflow');
    const run = rows.filter(({ traceId }) => traceId === workflow?.traceId);
    return layers.every((layer) => run.some((row) => row.layer === layer)) && run;
  });
}

/** With the mouse: selects the run and shows its trace, above which its story stands; its text. */
export async function showStory({ traces }: Session): Promise<string> {
  const frame = await traces.frame();
  const story = frame.locator('.story');
  return eventually('the story of the run', async () => {
    await traces.select('day trip');
    await frame.locator('.toolbar vscode-button', { hasText: 'Trace' }).click();
    await story.waitFor();
    const text = (await story.textContent()) ?? '';
    return text.includes('tool call') && text;
  });
}
