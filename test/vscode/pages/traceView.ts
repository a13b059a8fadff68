import type { Frame, Locator, Page } from 'playwright-core';
import { eventually } from '../rig/eventually.js';
import { Workbench } from './workbench.js';

/** The trace view: its waterfall and details, inside a webview. */
export class TraceView {
  private readonly workbench: Workbench;

  constructor(private readonly page: Page) {
    this.workbench = new Workbench(page);
  }

  frame(): Promise<Frame> {
    return this.workbench.webview('[role="treegrid"]');
  }

  /** Rows on screen whose name is exactly this, from the top. */
  async rows(name: string): Promise<Locator> {
    const frame = await this.frame();
    const cell = frame.locator('.name', { hasText: new RegExp(`^${name}$`) });
    return frame.locator('.rows .row:visible', { has: cell });
  }

  /** The newest row of that name, once it is there. */
  async row(name: string): Promise<Locator> {
    const row = (await this.rows(name)).last();
    await row.waitFor();
    return row;
  }

  async selectedName(): Promise<string> {
    const frame = await this.frame();
    return (await frame.locator('.row-selected .name').first().textContent()) ?? '';
  }

  /** With the keyboard: from the last row upwards to one of that name. */
  async walkUpTo(name: string): Promise<void> {
    const frame = await this.frame();
    await eventually('the trace view to have the keyboard', () =>
      frame.evaluate(() => document.hasFocus() && document.activeElement?.role === 'treegrid'),
    );
    await this.page.keyboard.press('End');
    const selected = frame.locator('.row-selected').first();
    const place = async () => Number(await selected.getAttribute('aria-rowindex'));
    const grid = frame.locator('[role="treegrid"]');
    await eventually('the last row to be selected', async () => {
      return (await place()) === Number(await grid.getAttribute('aria-rowcount'));
    });
    // The heading is row 1.
    for (let at = await place(); at > 1; ) {
      if ((await this.selectedName()) === name) return;
      if (at === 2) break;
      await this.page.keyboard.press('ArrowUp');
      // A key is answered with the next frame; reading before would skip rows.
      const from = at;
      at = await eventually('the selection to move', async () => {
        const now = await place();
        return now !== from && now;
      });
    }
    throw new Error(`The keyboard does not reach "${name}" in the trace view`);
  }

  /** The newest row of that name while it runs. */
  async runningRow(name: string): Promise<Locator> {
    const frame = await this.frame();
    const pill = frame.locator('.pill-running:visible');
    const running = (await this.rows(name)).filter({ has: pill }).last();
    await running.waitFor();
    return running;
  }

  /** The newest row of that name once its call has ended. */
  async finishedRow(name: string): Promise<Locator> {
    const row = await this.row(name);
    await row.locator('.pill-running:visible').waitFor({ state: 'detached' });
    return row;
  }

  async openTab(name: string): Promise<void> {
    const frame = await this.frame();
    await frame.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  }

  /** Presses the frame of a stack that names this place, as Node or as Python writes it. */
  async openFrame(file: string, line: number): Promise<void> {
    const frame = await this.frame();
    const place = new RegExp(`${file}(:${line}\\b|", line ${line}\\b)`);
    await frame.locator('.stack-frame', { hasText: place }).locator('a, button').first().click();
  }

  async details(): Promise<Locator> {
    const frame = await this.frame();
    return frame.locator('.details');
  }
}
