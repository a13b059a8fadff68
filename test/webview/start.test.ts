import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureSite, launchBrowser, openView, serveFixturePage } from './page.js';

let browser: Browser;
let site: FixtureSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveFixturePage()]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const boxes = `JSON.stringify([...document.querySelectorAll(
  '.toolbar, .toolbar vscode-button, .search, .waterfall, .pane-head > *, .notice vscode-button')]
  .map((one) => one.getBoundingClientRect())
  .map(({ x, y, width, height }) => [x, y, width, height].map(Math.round)))`;

describe('the first rows', () => {
  for (const session of ['design', 'empty']) {
    for (const width of [320, 860]) {
      it(`come before the controls, and nothing moves when those are there: ${session}, ${width} px`, async () => {
        const page = await openView(browser, site, {
          session: `${session}&withoutControls`,
          width,
        });
        expect(await page.evaluate(`customElements.get('vscode-button') === undefined`)).toBe(true);
        const before = await page.evaluate(boxes);
        await page.evaluate('registerControls()');
        await page.waitForFunction(`[...document.querySelectorAll('vscode-button')]
          .every((one) => one.shadowRoot?.querySelector('button'))`);
        await page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
        );
        expect(await page.evaluate(boxes)).toBe(before);
        await page.context().close();
      });
    }
  }

  it('have the keyboard at once', async () => {
    const page = await openView(browser, site);
    await page.waitForFunction(`document.activeElement?.matches('.scroller')`);
    await page.keyboard.press('End');
    await page.locator('.row-selected').first().waitFor();
    await page.context().close();
  });
});
