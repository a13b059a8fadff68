import type { Locator, Page } from 'playwright-core';
import { eventually } from '../rig/eventually.js';
import type { Workbench } from './workbench.js';

/** The tree of servers in the side bar. */
export class ServersView {
  constructor(
    private readonly page: Page,
    private readonly workbench: Workbench,
  ) {}

  get tree(): Locator {
    return this.page.locator('.part.sidebar .pane', {
      has: this.page.locator('.pane-header', { hasText: 'Servers' }),
    });
  }

  /** A row by its whole label: a server, tool, prompt, resource or group. */
  row(label: string): Locator {
    const name = this.page.locator('.label-name', {
      hasText: new RegExp(`^${escapePattern(label)}$`),
    });
    return this.tree.locator('.monaco-list-row', { has: name });
  }

  async open(): Promise<void> {
    await this.workbench.openSpanpath();
    await this.tree.locator('.monaco-list-row').first().waitFor();
  }

  /** A server's row once it is in that state. */
  async waitForState(server: string, state: string): Promise<Locator> {
    const row = this.row(server).filter({ hasText: state });
    await row.waitFor();
    return row;
  }

  /**
   * Presses an icon of a row, which shows while the pointer is over it: a tree that is drawn anew in
   * that moment moves the row away from under a pointer that stands still.
   */
  async press(row: Locator, action: string): Promise<void> {
    const icon = row.locator(`.action-label[aria-label^="${action}"]`);
    await eventually(`${action} to be pressed`, async () => {
      await row.hover();
      return icon.click({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** Scrolls the tree, which holds only what is on screen, until a row is there. */
  async reveal(label: string): Promise<void> {
    const row = this.row(label);
    const list = this.tree.locator('.monaco-list').first();
    await list.hover();
    await this.page.mouse.wheel(0, -10_000);
    for (let step = 0; step < 60 && !(await row.isVisible()); step++) {
      await this.page.mouse.wheel(0, 60);
      await this.page.waitForTimeout(50);
    }
    await row.waitFor();
  }

  /** With the mouse: the ▷ of a server's row, then until its tools are there. */
  async start(server: string): Promise<void> {
    await this.press(this.row(server), 'Start');
    await this.waitForState(server, 'running');
  }

  async stop(server: string): Promise<void> {
    await this.press(this.row(server), 'Stop');
    await this.waitForState(server, 'stopped');
  }

  /** With the keyboard: walks down the tree from its top to a row. */
  async walkTo(label: string): Promise<void> {
    await this.page.keyboard.press('Home');
    const focused = this.tree.locator('.monaco-list-row.focused');
    const rows = await this.tree.locator('.monaco-list-row').count();
    for (let step = 0; step <= rows + 20; step++) {
      if ((await focused.locator('.label-name').textContent()) === label) return;
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`The keyboard does not reach "${label}" in the Servers view`);
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
