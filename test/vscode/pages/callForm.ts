import type { Frame, Locator, Page } from 'playwright-core';
import { eventually, repeat, soonMs } from '../rig/eventually.js';
import { Workbench } from './workbench.js';

/** The form that calls a tool, in the side bar. */
export class CallForm {
  private readonly workbench: Workbench;

  constructor(private readonly page: Page) {
    this.workbench = new Workbench(page);
  }

  frame(): Promise<Frame> {
    return this.workbench.webview('.call-form');
  }

  /** Whether the form is that tool's, of that server. */
  async isFor(tool: string, server?: string): Promise<boolean> {
    return (await this.frame()).locator(formOf(tool, server)).isVisible();
  }

  /** Whether it is, and what is typed goes into it. */
  async hasKeyboard(tool: string): Promise<boolean> {
    const frame = await this.frame();
    return (await this.isFor(tool)) && frame.evaluate(() => document.hasFocus());
  }

  /**
   * Clicks the row of a tool until its form is there: while what a server offers arrives, the tree
   * is drawn anew, and a click in that moment goes nowhere.
   */
  async openFrom(row: Locator, tool: string, server?: string): Promise<void> {
    await row.click();
    await repeat(
      `the form of ${tool}`,
      () => row.click({ timeout: soonMs }),
      () => this.isFor(tool, server),
    );
  }

  async field(label: string): Promise<Locator> {
    const frame = await this.frame();
    const escaped = label.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`(^|\\b)${escaped}\\b`, 'i');
    return frame
      .locator('label', { hasText: pattern })
      .first()
      .locator('xpath=..')
      .locator('input, textarea, select');
  }

  async fill(label: string, text: string): Promise<void> {
    await (await this.field(label)).fill(text);
  }

  async choose(label: string, option: string): Promise<void> {
    await (await this.field(label)).selectOption({ label: option });
  }

  async press(button: string): Promise<void> {
    const frame = await this.frame();
    await frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** With the keyboard: tabs to a field and types over what is there. */
  async typeInto(label: string, text: string): Promise<void> {
    const field = await this.field(label);
    const isFocused = () =>
      field.evaluate((element) => document.hasFocus() && element === document.activeElement);
    // A key pressed while the editor still moves the focus about is lost to a person too.
    await eventually(`“${text}” to stand in ${label}`, async () => {
      await eventually('the form to have the keyboard', () =>
        field.evaluate(() => document.hasFocus()),
      );
      for (let step = 0; step < 30 && !(await isFocused()); step++) {
        await this.page.keyboard.press('Tab');
      }
      if (!(await isFocused())) return false;
      await this.page.keyboard.press('Control+A');
      await this.page.keyboard.type(text);
      return (await field.inputValue()) === text;
    });
  }

  /** With the keyboard: sends what stands in the form. */
  async send(): Promise<void> {
    const frame = await this.frame();
    const result = frame.locator('.call-result:visible');
    await repeat(
      'the call to be sent',
      () => this.page.keyboard.press('Control+Enter'),
      async () => (await result.count()) > 0,
    );
  }

  /** With the mouse: the icon beside the outcome that leads to the call in the trace view. */
  async showInTrace(): Promise<void> {
    const frame = await this.frame();
    await frame.locator('.call-result[data-state="done"]').getByTitle(/trace/i).click();
  }

  /** Text of the result, once the call has ended. */
  async resultText(): Promise<string> {
    const frame = await this.frame();
    const result = frame.locator('.call-result[data-state="done"]');
    await result.waitFor();
    return (await result.textContent()) ?? '';
  }
}

function formOf(tool: string, server?: string): string {
  return `.call-form[data-tool="${tool}"]${server ? `[data-server="${server}"]` : ''}`;
}
