import type { Frame, Locator, Page } from 'playwright-core';
import { eventually } from '../rig/eventually.js';
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

  /** Until the form is that tool's. */
  async waitForTool(tool: string): Promise<Frame> {
    const frame = await this.frame();
    await frame.locator(`.call-form[data-tool="${tool}"]`).waitFor();
    return frame;
  }

  /**
   * Clicks the row of a tool until its form is there: while what a server offers arrives, the tree
   * is drawn anew, and a click in that moment goes nowhere.
   */
  async openFrom(row: Locator, tool: string): Promise<void> {
    await eventually(`the form of ${tool}`, async () => {
      await row.click();
      const frame = await this.frame();
      const form = frame.locator(`.call-form[data-tool="${tool}"]`);
      return form.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
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
    await eventually('the form to have the keyboard', () =>
      field.evaluate(() => document.hasFocus()),
    );
    for (let step = 0; step < 30; step++) {
      if (await field.evaluate((element) => element === document.activeElement)) break;
      await this.page.keyboard.press('Tab');
    }
    // A key pressed while the editor still moves the focus about is lost to a person too.
    await eventually(`“${text}” to stand in ${label}`, async () => {
      await this.page.keyboard.press('Control+A');
      await this.page.keyboard.type(text);
      return (await field.inputValue()) === text;
    });
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
