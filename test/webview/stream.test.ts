import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heapOf, openPage } from '../bench/view/figures.js';
import { shownWhen } from '../bench/view/measure.js';
import { BenchSession } from '../bench/view/session.js';
import { placeOf, streamTo } from '../bench/view/stream.js';
import { launchBrowser } from './page.js';

const spansBefore = 20_000;
/** A minute of 5,000 spans a second; a slow machine takes longer for as many. */
const streamed = 300_000;
/** What the page's heap may grow by while they arrive, MB: they themselves would be hundreds. */
const mostGrowth = 4;

let browser: Browser;
let session: BenchSession;
beforeAll(async () => {
  [browser, session] = await Promise.all([launchBrowser(), BenchSession.start()]);
  await session.add(spansBefore);
});
afterAll(async () => {
  await browser?.close();
  await session?.stop();
});

const nodes = (page: Page) => page.evaluate(`document.querySelectorAll('*').length`);
const rowCount = async (page: Page) =>
  Number(await page.locator('.scroller').getAttribute('aria-rowcount')) - 1;
const isBehind = async (page: Page, spans: number) => (await rowCount(page)) < spansBefore + spans;

describe('a minute of 5,000 spans a second from a real collector', () => {
  it('takes neither selection nor place nor focus, and leaves nothing behind in the page', async () => {
    const page = await openPage(browser, session.ui, shownWhen.spanpath);
    await page.locator('.scroller').focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < 3; step++) await page.keyboard.press('PageDown');
    // Rows and details of the selected one are there.
    await expect.poll(async () => (await placeOf(page)).selected).toMatch(/ms$/);
    await page.locator('.pane-body .section').first().waitFor();
    const before = { place: await placeOf(page), nodes: Number(await nodes(page)) };

    const stream = streamTo(session);
    // The first seconds warm up what the page keeps once.
    while (await isBehind(page, streamed / 10)) await page.waitForTimeout(200);
    const warmHeap = await heapOf(page);
    const counts: number[] = [];
    while (await isBehind(page, streamed)) {
      counts.push(Number(await nodes(page)));
      await page.waitForTimeout(1000);
    }
    const sent = await stream.stop();
    await expect.poll(() => rowCount(page)).toBe(spansBefore + sent);

    expect(await placeOf(page)).toEqual(before.place);
    expect(await page.evaluate('document.activeElement.className')).toBe('scroller');
    expect(Math.max(...counts)).toBeLessThanOrEqual(before.nodes + 100);
    expect((await heapOf(page)) - warmHeap).toBeLessThan(mostGrowth);
    // And it still goes on from where it was.
    const index = (place: { selected: string }) => Number.parseInt(place.selected, 10);
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => index(await placeOf(page))).toBe(index(before.place) + 1);
    await page.context().close();
  });
});
