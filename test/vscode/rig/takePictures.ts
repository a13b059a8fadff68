import { join } from 'node:path';
import { runSampleAgent, showStory } from './sampleAgent.js';
import { Session } from './session.js';
import { copySamples } from './workspace.js';

const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
};

/** Drives the samples in a real VS Code and leaves its pictures in `folder`. */
export async function takePictures(folder: string): Promise<void> {
  const session = await Session.open({
    workspace: copySamples(),
    viewport: { width: 1600, height: 1000 },
    settings: {
      'workbench.colorTheme': themes.dark,
      'editor.minimap.enabled': false,
      'breadcrumbs.enabled': false,
    },
  });
  const { servers, form, traces, probe, page, workbench, workspace } = session;
  const picture = async (name: string) => {
    await probe.runCommand('notifications.clearAll');
    await page.mouse.move(5, 995);
    for (const [theme, label] of Object.entries(themes)) {
      await probe.setSetting('workbench.colorTheme', label);
      await probe.runCommand('spanpath.refreshServers');
      // The editor fades from one theme to the next.
      await page.waitForTimeout(1_000);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
      console.log(`${name}-${theme}.png`);
    }
  };
  const clear = async () => {
    const cleared = probe.runCommand('spanpath.clear');
    await workbench.answerDialog('Clear');
    await cleared;
  };
  const call = async (tool: string, wait = true) => {
    await servers.reveal(tool);
    await form.openFrom(servers.row(tool), tool);
    await form.press('Call');
    if (wait) await form.resultText();
  };
  try {
    await probe.openFile(workspace.path('weather/server.ts'));
    await servers.open();
    await servers.start('weather');
    // The start of a process is long beside what it then does; the picture is about calls.
    await call('current_weather');
    await form.showInTrace();
    await clear();
    for (const tool of ['plan_day', 'reserve_balloon', 'decode_report']) {
      await call(tool);
    }
    await form.showInTrace();
    await (await traces.rows('decode_report')).first().locator('.name').dblclick();
    await servers.reveal('download_history');
    await form.openFrom(servers.row('download_history'), 'download_history');
    await form.fill('years', '100');
    await form.press('Call');
    await page.waitForTimeout(1_500);
    await picture('trace');
    await form.resultText();

    await servers.stop('weather');
    await servers.start('tickets');
    await call('announce');
    await probe.runCommand('spanpath.showFindings');
    await page.waitForTimeout(1_500);
    await picture('findings');

    await servers.stop('tickets');
    await clear();
    await probe.runCommand('workbench.action.closeEditorsInOtherGroups');
    await runSampleAgent(session, 'misread');
    await probe.runCommand('workbench.action.closePanel');
    await showStory(session);
    const view = await traces.frame();
    await view.locator('.story .link', { hasText: 'reserve_balloon' }).click();
    await page.waitForTimeout(1_500);
    await picture('agent');
  } catch (error) {
    await session.keepEvidence('pictures');
    throw error;
  } finally {
    await session.stop();
    workspace.remove();
  }
}
