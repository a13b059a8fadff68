import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import {
  type FixtureSite,
  launchBrowser,
  openView,
  serveFixturePage,
  type ViewOptions,
} from './page.js';

export interface Site {
  readonly browser: Browser;
  /** Opens the view in a context of its own and waits for its first rows. */
  open(options?: ViewOptions): Promise<Page>;
}

/** A browser and the fixture's site for the tests of one file; both are gone when they end. */
export function useSite(...flags: readonly string[]): Site {
  let browser: Browser;
  let site: FixtureSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(flags), serveFixturePage()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    get browser() {
      return browser;
    },
    open: (options) => openView(browser, site, options),
  };
}
