import type { Locator, Page } from 'playwright-core';
import { eventually, repeat, soonMs } from '../rig/eventually.js';
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

  /** Whether a server's row says that state. */
  async isIn(server: string, state: string | RegExp): Promise<boolean> {
    return (await this.row(server).filter({ hasText: state }).count()) > 0;
  }

  /** A server's row once it is in that state. */
  async waitForState(server: string, state: string): Promise<Locator> {
    const row = this.row(server).filter({ hasText: state });
    await row.waitFor();
    return row;
  }

  /**
   * Presses an icon of a row until it took. It shows while the pointer is over the row, and a tree
   * that is drawn anew in that moment moves the row away from under a pointer that stands still.
   */
  async press(row: Locator, action: string, took: () => Promise<unknown>): Promise<void> {
    const icon = row.locator(`.action-label[aria-label^="${action}"]`);
    await repeat(
      `${action} to be pressed`,
      async () => {
        await row.hover({ timeout: soonMs });
        await icon.click({ timeout: soonMs });
      },
      took,
    );
  }

  /** Scrolls the tree, which holds only what is on screen, until a row is there. */
  async reveal(label: string): Promise<void> {
    const row = this.row(label).first();
    const list = this.tree.locator('.monaco-list').first();
    await eventually(`the row of ${label}`, async () => {
      if (await row.isVisible()) return true;
      await list.hover({ timeout: soonMs });
      await this.page.mouse.wheel(0, -10_000);
      for (let step = 0; step < 60 && !(await row.isVisible()); step++) {
        await this.page.mouse.wheel(0, 60);
        await this.page.waitForTimeout(50);
      }
      return row.isVisible();
    });
  }

  /** With the mouse: the ▷ of a server's row, then until its tools are there. */
  async start(server: string): Promise<void> {
    if (await this.isIn(server, 'running')) return;
    await this.pressOut(server, 'Start');
    await this.waitForState(server, 'running');
  }

  async stop(server: string): Promise<void> {
    if (await this.isIn(server, 'stopped')) return;
    await this.pressOut(server, 'Stop');
    await this.waitForState(server, 'stopped');
  }

  /** Presses until the server has left the state that it is in now. */
  private async pressOut(server: string, action: string): Promise<void> {
    const state = /stopped|failed|running|starting|stopping/;
    const row = this.row(server);
    const stateNow = async () => state.exec((await row.textContent()) ?? '')?.[0];
    const before = await stateNow();
    await this.press(row, action, async () => (await stateNow()) !== before);
  }

  /** With the keyboard: walks down the tree from its top to a row and presses Enter there. */
  async enter(label: string, took: () => Promise<unknown>): Promise<void> {
    const focused = this.tree.locator('.monaco-list-row.focused .label-name');
    const walk = async () => {
      await this.page.keyboard.press('Home');
      const rows = await this.tree.locator('.monaco-list-row').count();
      for (let step = 0; step <= rows + 20; step++) {
        if ((await focused.textContent({ timeout: soonMs })) === label) return;
        await this.page.keyboard.press('ArrowDown');
      }
      throw new Error(`The keyboard does not reach "${label}" in the Servers view`);
    };
    await repeat(
      `Enter on ${label}`,
      async () => {
        await walk();
        await this.page.keyboard.press('Enter');
      },
      took,
    );
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
