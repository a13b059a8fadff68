import { describe, expect, it } from 'vitest';
import { untilPainted } from './page.js';
import { useSite } from './site.js';
import { asked, names, paneTitle, row, selectedName, viewsOf } from './tour.js';

const withView = viewsOf(useSite());

describe('with the mouse alone', () => {
  it('a failed call is understood in two clicks and opens at its handler', () =>
    withView({}, async (page) => {
      await page.locator('.toolbar vscode-button', { hasText: 'Errors' }).click();
      await expect.poll(() => paneTitle(page)).toBe('get_alerts');
      const body = page.locator('.pane-body');
      await expect.poll(() => body.textContent()).toContain('TypeError');
      await body.locator('.stack .link', { hasText: 'weather.ts' }).click();
      await expect
        .poll(async () => (await asked(page)).at(-1))
        .toMatchObject({
          method: 'source/open',
          params: { file: '/work/samples/src/weather.ts', line: 75, column: 31 },
        });
      await row(page, 'get_alerts').dblclick({ position: { x: 200, y: 10 } });
      await expect.poll(async () => (await asked(page)).at(-1)?.method).toBe('handler/open');
    }));

  it('a double click is for the row of its first click, whatever the pane that opens moves', () =>
    withView({ session: '3000' }, async (page) => {
      const boxes = await page.locator('.rows .row:visible').evaluateAll((rows) =>
        rows.map((one) => {
          const { x, y } = one.getBoundingClientRect();
          return { x: x + 150, y: y + 10 };
        }),
      );
      // Where the pane will be.
      const { x, y } = boxes.sort((a, b) => a.y - b.y).at(-2) ?? { x: 0, y: 0 };
      await page.mouse.click(x, y);
      await page.locator('.pane:visible').waitFor();
      await untilPainted(page);
      const clicked = await selectedName(page);
      await page.mouse.down({ clickCount: 2 });
      await page.mouse.up({ clickCount: 2 });
      await expect
        .poll(async () => (await asked(page)).map(({ method }) => method))
        .toEqual(['handler/open']);
      expect(await selectedName(page)).toBe(clicked);
    }));

  it('the icon in the row and the link in details open the handler too', () =>
    withView({}, async (page) => {
      await row(page, 'search_places').hover({ position: { x: 100, y: 10 } });
      await row(page, 'search_places').locator('.open').click();
      await expect.poll(async () => (await asked(page)).length).toBe(1);
      await page.locator('.pane-links .link', { hasText: 'Open handler' }).click();
      await expect
        .poll(async () => (await asked(page)).map((one) => one.method))
        .toEqual(['handler/open', 'handler/open']);
    }));

  it('a window of time is dragged on the axis and in the overview', () =>
    withView({}, async (page) => {
      const drag = async (box: { x: number; y: number } | null, from: number, to: number) => {
        if (!box) throw new Error('nothing to drag on');
        await page.mouse.move(box.x + from, box.y + 8);
        await page.mouse.down();
        await page.mouse.move(box.x + to, box.y + 8, { steps: 4 });
        await page.mouse.up();
      };
      const ticks = () => page.locator('.axis-label:visible').allTextContents();
      const whole = await ticks();
      await drag(await page.locator('.axis').boundingBox(), 100, 200);
      await expect.poll(ticks).not.toEqual(whole);
      await page.locator('.axis').dblclick({ position: { x: 50, y: 8 } });
      await expect.poll(async () => (await ticks()).at(-1)).toBe('0');
      await drag(await page.locator('.overview').boundingBox(), 100, 300);
      await expect.poll(ticks).not.toEqual(whole);
    }));

  it('the wheel zooms around the pointer with Ctrl held', () =>
    withView({ session: 'still' }, async (page) => {
      const box = await page.locator('.axis').boundingBox();
      if (!box) throw new Error('no axis');
      await page.mouse.move(box.x + 200, box.y + 100);
      const seconds = async () =>
        Number.parseFloat((await page.locator('.axis-pointer').textContent())?.slice(1) ?? '');
      await expect.poll(seconds).toBeGreaterThan(1);
      const before = await seconds();
      const ticks = await page.locator('.axis-label:visible').allTextContents();
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -240);
      await page.keyboard.up('Control');
      await expect
        .poll(() => page.locator('.axis-label:visible').allTextContents())
        .not.toEqual(ticks);
      expect(Math.abs((await seconds()) - before)).toBeLessThan(0.2);
    }));

  it('layers are hidden, and a row is filtered by its menu', () =>
    withView({}, async (page) => {
      await page.locator('.toolbar vscode-button', { hasText: 'Layers' }).click();
      await page.locator('[role=menuitemcheckbox]', { hasText: 'LLM' }).click();
      await expect.poll(() => names(page)).not.toContain('chat');
      await row(page, 'get_forecast').click({ button: 'right', position: { x: 100, y: 10 } });
      await page.locator('[role=menuitem]', { hasText: 'Only get_forecast' }).click();
      await expect.poll(() => page.locator('.search-input').inputValue()).toBe('name:get_forecast');
    }));

  it('statistics lead to the calls they count, findings to the call they name', () =>
    withView({}, async (page) => {
      const more = page.locator('.toolbar vscode-button[aria-label="More actions"]');
      await more.click();
      await page.locator('[role=menuitem]', { hasText: 'Statistics' }).click();
      await page.locator('.sort', { hasText: 'p95' }).click();
      await expect
        .poll(() => page.locator('th[aria-sort=descending]').textContent())
        .toContain('p95');
      await page.locator('.statistics .link', { hasText: 'get_alerts' }).click();
      await expect
        .poll(() => page.locator('.search-input').inputValue())
        .toBe('name:get_alerts server:weather');
      await more.click();
      await page.locator('[role=menuitem]', { hasText: 'Findings' }).click();
      await page.locator('.finding .link', { hasText: 'Open the line' }).click();
      await expect
        .poll(async () => (await asked(page)).at(-1))
        .toMatchObject({
          method: 'source/open',
          params: { file: '/work/samples/src/weather.ts', line: 12 },
        });
      await page.locator('.finding .link', { hasText: 'Show the call' }).click();
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
    }));

  it('details that were closed come back with a click, and go from any list to a row', () =>
    withView({ session: 'still' }, async (page) => {
      const title = page.locator('.pane:visible .pane-title');
      const more = page.locator('.toolbar vscode-button[aria-label="More actions"]');
      const choose = (name: string) => row(page, name).click({ position: { x: 100, y: 10 } });
      await choose('search_places');
      await page.locator('.pane-head vscode-button[aria-label="Close the pane"]').click();
      await expect.poll(() => title.count()).toBe(0);
      await choose('search_places');
      await expect.poll(() => title.textContent()).toBe('search_places');
      await page.keyboard.press('d');
      await expect.poll(() => title.count()).toBe(0);
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => selectedName(page)).toBe('handler');
      expect(await title.count()).toBe(0);
      await page.keyboard.press('d');
      await expect.poll(() => title.textContent()).toBe('handler');
      await more.click();
      await page.locator('[role=menuitem]', { hasText: 'Statistics' }).click();
      await expect.poll(() => title.textContent()).toBe('Statistics');
      await choose('search_places');
      await expect.poll(() => title.textContent()).toBe('search_places');
    }));

  it('an agent run says what it did and where it failed', () =>
    withView({ session: 'still' }, async (page) => {
      await row(page, 'support-agent').click({ position: { x: 100, y: 10 } });
      await page.locator('.toolbar vscode-button', { hasText: 'Trace' }).click();
      const story = page.locator('.story');
      await expect
        .poll(() => story.textContent())
        .toContain('3 rounds of inference · 2 tool calls');
      await story.locator('.link', { hasText: 'get_alerts failed in its handler' }).click();
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
      await page.locator('.toolbar vscode-button', { hasText: 'Session' }).click();
      await expect.poll(() => story.isVisible()).toBe(false);
      expect(await selectedName(page)).toBe('get_alerts');
    }));

  it('a result is searched, shown raw and copied by path', () =>
    withView({ session: 'still' }, async (page) => {
      await row(page, 'get_forecast').click({ position: { x: 100, y: 10 } });
      const result = page.locator('.section', { has: page.locator('h3:text-is("Result")') });
      await result.hover();
      await result.locator('vscode-button[aria-label="Search in result"]').click();
      await page.locator('.json-find input:focus').waitFor();
      await page.keyboard.type('clear');
      await expect.poll(() => page.locator('.json-find .hint').textContent()).toBe('1 found');
      const args = page.locator('.json[aria-label=Arguments]');
      await args.locator('.json-line', { hasText: 'region' }).click({ button: 'right' });
      await page.locator('[role=menuitem]', { hasText: 'Copy path' }).click();
      await expect
        .poll(async () => (await asked(page)).at(-1))
        .toMatchObject({ method: 'clipboard/write', params: { text: '$.region' } });
      await result.hover();
      await result.locator('vscode-button[aria-label="Raw result"]').click();
      await expect.poll(() => result.locator('.text-block').textContent()).toContain('{"content"');
    }));

  it('two calls stand side by side', () =>
    withView({}, async (page) => {
      await row(page, 'get_forecast').click({ button: 'right', position: { x: 100, y: 10 } });
      await page.locator('[role=menuitem]', { hasText: 'Choose for comparing' }).click();
      await row(page, 'get_alerts').click({ button: 'right', position: { x: 100, y: 10 } });
      await page.locator('[role=menuitem]', { hasText: 'Choose for comparing' }).click();
      await expect.poll(() => page.locator('.compare-table tbody tr').count()).toBe(4);
      await page.locator('.compare vscode-button', { hasText: 'Diff result' }).click();
      await expect.poll(async () => (await asked(page)).at(-1)?.method).toBe('text/diff');
    }));

  it('what a server did is compared as the call that it is part of', () =>
    withView({ session: 'still' }, async (page) => {
      const handler = page.locator('.rows .row:visible', { hasText: 'TypeError' });
      await handler.click({ position: { x: 100, y: 10 } });
      await page.locator('.pane-links', { hasText: 'Compare' }).getByText('Compare').click();
      await page.getByText('There is no call of get_alerts before this one.').waitFor();
    }));
});
