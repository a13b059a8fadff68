import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually } from './rig/eventually.js';
import { useSession } from './rig/useSession.js';
import { copySamples } from './rig/workspace.js';

const open = useSession(() => ({ workspace: copySamples() }));

describe('an edit of a server that runs', () => {
  it('is told of, and one press runs it and lays the calls before and after side by side', async () => {
    const { servers, form, traces, workspace } = open();
    await servers.open();
    await servers.start('tickets');
    await form.openFrom(servers.row('find_seats'), 'find_seats');
    await form.press('Call');
    expect(await form.resultText()).not.toContain('edited');

    const file = workspace.path('tickets/server.ts');
    const edited = readFileSync(file, 'utf8').replace(
      '{ show, ...seats',
      '{ edited: 1, show, ...seats',
    );
    await eventually('the row to say that the process is older', async () => {
      // A file that is written while a watcher still begins is not told of: saved again, it is.
      writeFileSync(file, edited);
      const text = await servers.row('tickets').textContent();
      return text?.includes('older than server.ts');
    });
    await form.press('Restart and Call');
    await eventually('the edit to run', async () => (await form.resultText()).includes('edited'));
    expect(await servers.row('tickets').textContent()).toContain('running · 4 tools');

    const frame = await traces.frame();
    await frame.locator('.compare-table').waitFor();
    await frame.locator('.compare', { hasText: 'Result differs' }).waitFor();
    expect(await traces.selectedName()).toBe('find_seats');
  });
});
