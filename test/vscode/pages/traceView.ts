import type { Frame, Locator, Page } from 'playwright-core';
import { eventually, repeat, soonMs } from '../rig/eventually.js';
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

  /** The newest row of that name, once it is there. (Elements stand in another order than rows.) */
  async row(name: string): Promise<Locator> {
    const [frame, rows] = [await this.frame(), await this.rows(name)];
    const newest = await eventually(`a row of ${name}`, async () => {
      const places = await rows.evaluateAll((all) =>
        all.map((one) => Number(one.getAttribute('aria-rowindex'))),
      );
      return places.length > 0 && Math.max(...places);
    });
    return rows.and(frame.locator(`[aria-rowindex="${newest}"]`));
  }

  /** With the mouse: a click on the newest row of that name. */
  async select(name: string): Promise<void> {
    const frame = await this.frame();
    await eventually(`${name} to be selected`, async () => {
      const row = await this.row(name);
      await row.locator('.name').click({ timeout: soonMs });
      await row.and(frame.locator('.row-selected')).waitFor({ timeout: soonMs });
      return true;
    });
  }

  /** With the mouse: double clicks on the newest row of that name, once its call has ended. */
  async openHandler(name: string, opened: () => Promise<unknown>): Promise<void> {
    await repeat(
      `the handler of ${name}`,
      // Rows that come in meanwhile move it away from under the pointer.
      async () => (await this.finishedRow(name)).locator('.name').dblclick({ timeout: soonMs }),
      opened,
    );
  }

  async selectedName(): Promise<string> {
    const frame = await this.frame();
    const names = await frame.locator('.row-selected:visible .name').allTextContents();
    return names[0] ?? '';
  }

  /** With the keyboard: from the last row upwards to one of that name, then Enter. */
  async enter(name: string, took: () => Promise<unknown>): Promise<void> {
    const frame = await this.frame();
    const hasKeyboard = () =>
      frame.evaluate(() => document.hasFocus() && document.activeElement?.role === 'treegrid');
    await eventually('the trace view to have the keyboard', hasKeyboard);
    await repeat(
      `Enter on ${name}`,
      async () => {
        // Not into the editor that opens.
        if (!(await hasKeyboard())) return;
        await this.walkUpTo(frame, name);
        await this.page.keyboard.press('Enter');
      },
      took,
    );
  }

  private async walkUpTo(frame: Frame, name: string): Promise<void> {
    const selected = frame.locator('.row-selected:visible').first();
    const place = async () => Number(await selected.getAttribute('aria-rowindex'));
    const rowCount = async () =>
      Number(await frame.locator('[role="treegrid"]').getAttribute('aria-rowcount'));
    await repeat(
      'the last row to be selected',
      () => this.page.keyboard.press('End'),
      async () => (await selected.count()) > 0 && (await place()) === (await rowCount()),
    );
    // The heading is row 1. Rows that come in meanwhile are above or below, never in between.
    for (let at = await place(); at > 1; at = await place()) {
      if ((await this.selectedName()) === name) return;
      if (at === 2) break;
      // A key is answered with the next frame; reading before would skip rows.
      await this.page.keyboard.press('ArrowUp');
      await eventually('the selection to move', async () => (await place()) !== at);
    }
    throw new Error(`The keyboard does not reach "${name}" in the trace view`);
  }

  /** Makes a call of that name and sees its row while it runs; again, when it was over too soon. */
  async seeRunning(name: string, call: () => Promise<unknown>): Promise<void> {
    const [frame, rows] = [await this.frame(), await this.rows(name)];
    const running = rows.filter({ has: frame.locator('.pill-running:visible') }).first();
    await eventually(`${name} to be seen while it runs`, async () => {
      await Promise.all([running.waitFor({ timeout: soonMs }), call()]);
      return true;
    });
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

  /** Until the page has written down its state, which it does a moment after the last change. */
  async waitForState(): Promise<void> {
    const frame = await this.frame();
    // By the page's own clock: however slow it is, a later timer fires after an earlier one.
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
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
