import type { Frame, Locator, Page } from 'playwright-core';
import { eventually, repeat, soonMs } from '../rig/eventually.js';

/** The editor's window: palette, messages, status bar, dialogs. */
export class Workbench {
  constructor(private readonly page: Page) {}

  /** Opens Spanpath's side bar with the mouse. */
  async openSpanpath(): Promise<void> {
    const container = this.page.locator('.part.sidebar [id="workbench.view.extension.spanpath"]');
    const icon = this.page.locator('.activitybar .action-label[aria-label^="Spanpath"]');
    // While the window starts, it may go back to the view that it had before. A click on the view
    // that is there would close it.
    await repeat(
      'the side bar of Spanpath',
      () => icon.click({ timeout: soonMs }),
      () => container.isVisible(),
    );
  }

  /** Runs a command by its title, as somebody who knows only the keyboard does. */
  async runCommand(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type="text"]');
    await repeat(
      'the command palette',
      () => this.page.keyboard.press('F1'),
      () => input.isVisible(),
    );
    await this.answerQuickInput(title);
  }

  /** Types into the quick input that is open and takes the first row. */
  async answerQuickInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type="text"]');
    await input.waitFor();
    await input.pressSequentially(text);
    const row = this.page.locator('.quick-input-widget .monaco-list-row.focused', {
      hasText: text,
    });
    await row.first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Texts of the rows of a quick pick, as far as they are there. */
  quickPickRows(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row .label-name');
    return rows.allTextContents();
  }

  text(text: string | RegExp): Locator {
    return this.page.getByText(text).first();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true }).first();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  statusBar(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** Presses a button of the modal dialog that is open. */
  async answerDialog(button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** The frame of a webview, recognised by an element that only it has. */
  webview(selector: string): Promise<Frame> {
    return eventually(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        const found = await frame
          .locator(selector)
          .first()
          .isVisible()
          .catch(() => false);
        if (found) return frame;
      }
      return null;
    });
  }
}
