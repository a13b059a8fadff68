/** What the view offers for a row, and how it goes to calls that come while somebody looks. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { App } from '../../webview/app.js';
import type { FixtureHost } from './fixture/host.js';
import { useSite } from './site.js';

declare const fixture: FixtureHost;
declare const app: App;

const site = useSite();
const row = (page: Page, name: string) =>
  page.locator('.rows .row:visible', { has: page.locator('.name', { hasText: name }) }).first();

async function menuOf(page: Page, name: string): Promise<string[]> {
  await row(page, name).click({ button: 'right', position: { x: 100, y: 10 } });
  const labels = await page.locator('[role=menuitem]').allTextContents();
  await page.keyboard.press('Escape');
  return labels.map((label) => label.replace(/(Enter|D|Z|F|Ctrl\+C)$/, ''));
}

const links = (page: Page) => page.locator('.pane-links a:visible').allTextContents();
const selected = (page: Page) => page.locator('.rows .row-selected .name').textContent();

describe('a row offers', () => {
  it('its handler and a replay where it is a call', async () => {
    const page = await site.open({ session: 'still' });
    const labels = await menuOf(page, 'get_forecast');
    expect(labels.slice(0, 2)).toEqual(['Open handler', 'Replay']);
    await row(page, 'get_forecast').click({ position: { x: 100, y: 10 } });
    await expect.poll(() => links(page)).toEqual(['Open handler', 'Replay', 'Compare']);
    await row(page, 'get_forecast').click({ button: 'right', position: { x: 100, y: 10 } });
    await page.locator('[role=menuitem]', { hasText: 'Replay' }).click();
    const asked = () => page.evaluate(() => fixture.asked.at(-1));
    await expect.poll(asked).toMatchObject({
      method: 'command/run',
      params: { command: 'replay' },
    });
    await page.context().close();
  });

  it('its handler alone inside a server', async () => {
    const page = await site.open({ session: 'still' });
    const labels = await menuOf(page, 'GET /geocode');
    expect(labels.slice(0, 2)).toEqual(['Open handler', 'Show details']);
    await page.context().close();
  });

  it('neither where an agent or a model speaks', async () => {
    const page = await site.open({ session: 'still' });
    for (const name of ['support-agent', 'chat']) {
      expect((await menuOf(page, name))[0]).toBe('Show details');
      await row(page, name).click({ position: { x: 100, y: 10 } });
      expect(await row(page, name).locator('.open').isVisible()).toBe(false);
    }
    await page.context().close();
  });
});

describe('a call that something else leads to', () => {
  const reveal = (page: Page, before?: object) =>
    page.evaluate((beside) => {
      const span = { traceId: '2'.padStart(32, '0'), spanId: '1'.padStart(16, '0') };
      fixture.rpc.emit('view/reveal', { span, ...(beside ? { before: beside as never } : {}) });
    }, before);

  it('is selected in a search that shows it, which stays', async () => {
    const page = await site.open({ session: 'still' });
    await page.locator('.search-input').fill('search_places');
    await expect.poll(() => page.locator('.rows .row:visible').count()).toBe(2);
    await reveal(page);
    await expect.poll(() => selected(page)).toBe('search_places');
    expect(await page.locator('.search-input').inputValue()).toBe('search_places');
    await page.locator('.search-input').fill('send_report');
    await expect.poll(() => row(page, 'search_places').count()).toBe(0);
    await reveal(page);
    await expect.poll(() => selected(page)).toBe('search_places');
    expect(await page.locator('.search-input').inputValue()).toBe('');
    await page.context().close();
  });

  it('is left alone when another question was asked meanwhile', async () => {
    const page = await site.open({ session: 'still' });
    await page.evaluate(() => {
      void app.reveal({ traceId: '1'.padStart(32, '0'), spanId: '8'.padStart(16, '0') });
      const traceId = '2'.padStart(32, '0');
      app.updateSpec({ scope: { kind: 'trace', traceId } });
    });
    await expect.poll(() => page.locator('.rows .row:visible').count()).toBe(2);
    const kept = await page.evaluate(() => app.state.selected?.spanId);
    expect(kept).toBe('8'.padStart(16, '0'));
    await page.context().close();
  });

  it('is laid beside the one before the edit', async () => {
    const page = await site.open({ session: 'still' });
    await reveal(page, { traceId: '3'.padStart(32, '0'), spanId: '1'.padStart(16, '0') });
    await page.locator('.compare-table').waitFor();
    await expect.poll(() => selected(page)).toBe('search_places');
    await page.context().close();
  });
});

describe('calls that arrive below the screen', () => {
  it('are counted while a row is selected, and one press leads there', async () => {
    const page = await site.open({ session: '200', height: 400 });
    const pill = page.locator('.new-rows');
    await page.evaluate(() => fixture.add(1));
    await page.locator('.rows .row:visible .name', { hasText: 'streamed 21' }).first().waitFor();
    expect(await pill.isVisible()).toBe(false);
    await page.locator('.scroller').focus();
    await page.keyboard.press('Home');
    await page.evaluate(() => fixture.add(3));
    await expect.poll(() => pill.textContent()).toBe('↓ 3 new');
    await page.evaluate(() => fixture.add(2));
    await expect.poll(() => pill.textContent()).toBe('↓ 5 new');
    await pill.click();
    await page.locator('.rows .row:visible .name', { hasText: 'streamed 26' }).first().waitFor();
    await expect.poll(() => pill.isVisible()).toBe(false);
    await page.context().close();
  });

  it('are not those that a fold brings', async () => {
    const page = await site.open({ session: '200', height: 400 });
    await page.locator('.scroller').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('_');
    const total = () => page.locator('.scroller').getAttribute('aria-rowcount');
    await expect.poll(total).toBe('21');
    await page.keyboard.press('*');
    await expect.poll(total).toBe('201');
    expect(await page.locator('.new-rows').isVisible()).toBe(false);
    await page.context().close();
  });
});

describe('a stack of Python in little room', () => {
  it('keeps carets under their line of code', async () => {
    const page = await site.open({ session: 'still', width: 320 });
    await page.evaluate(() => {
      const details = fixture as unknown as { details: (span: object) => object };
      const told = details.details.bind(fixture);
      const stack = [
        'Traceback (most recent call last):',
        '  File "/work/samples/orders/server.py", line 88, in find_order_by_its_number',
        '    return warehouse.stock_of_article_in_all_places(article, places=everything)',
        '           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
        'KeyError: "article that is not there, which is a long line of words that may wrap"',
      ].join('\n');
      details.details = (span) => ({
        ...told(span),
        exception: { type: 'KeyError', message: 'x', stack },
      });
    });
    await row(page, 'get_alerts').click({ position: { x: 100, y: 10 } });
    await page.getByRole('tab', { name: 'Error' }).click();
    const heights = () =>
      page
        .locator('.stack-line, .stack-frame')
        .evaluateAll((lines) => lines.map((line) => Math.round(line.clientHeight / 18)));
    await expect.poll(async () => (await heights()).length).toBeGreaterThan(4);
    await expect.poll(async () => (await heights()).slice(2, 4)).toEqual([1, 1]);
    expect((await heights())[4]).toBeGreaterThan(1);
    const pageWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(pageWidth).toBeLessThanOrEqual(320);
    await page.context().close();
  });
});
