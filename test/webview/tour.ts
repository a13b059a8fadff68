/** What the tours of the view look at. */
import type { Page } from 'playwright-core';
import type { FixtureHost } from './fixture/host.js';
import type { ViewOptions } from './page.js';
import type { Site } from './site.js';

declare const fixture: FixtureHost;

/** What the view asked its host for. */
export const asked = (page: Page) => page.evaluate(() => fixture.asked);
export const names = (page: Page) => page.locator('.rows .row:visible .name').allTextContents();
export const selectedName = (page: Page) =>
  page.locator('.row-selected .name').first().textContent();
export const paneTitle = (page: Page) => page.locator('.pane-title').textContent();
export const row = (page: Page, name: string) =>
  page.locator('.rows .row:visible', { has: page.locator(`.name:text-is("${name}")`) }).first();

/** Opens views of a site, each closed when its tour is over. */
export function viewsOf(site: Site) {
  return async (options: ViewOptions, use: (page: Page) => Promise<void>): Promise<void> => {
    const page = await site.open(options);
    try {
      await use(page);
    } finally {
      await page.context().close();
    }
  };
}
