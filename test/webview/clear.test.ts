import { describe, expect, it } from 'vitest';
import type { FixtureHost } from './fixture/host.js';
import { useSite } from './site.js';

const site = useSite();

declare const fixture: FixtureHost;

describe('a session that is cleared', () => {
  it('begins again as a session: nothing chosen before hides the calls that come', async () => {
    const page = await site.open({ session: 'still' });
    const rows = page.locator('.rows .row:visible');
    await rows.first().click({ position: { x: 100, y: 10 } });
    await page.locator('.toolbar vscode-button', { hasText: 'Trace' }).click();
    await page.keyboard.press('+');
    await page.evaluate(() => {
      fixture.replace({ calls: 0, rowsEach: 0, call: () => ({ rows: [] }) as never });
    });
    await page.getByText('No calls yet').waitFor();
    await expect.poll(() => page.locator('.row-selected:visible').count()).toBe(0);
    await page.evaluate(() => fixture.add(2));
    await expect.poll(() => rows.locator('.name').allTextContents()).toContain('streamed 2');
    await page.context().close();
  });
});
