import { describe, expect, it } from 'vitest';
import type { FixtureHost } from './fixture/host.js';
import { useSite } from './site.js';
import { asked, names, paneTitle, selectedName, viewsOf } from './tour.js';

const withView = viewsOf(useSite());

declare const fixture: FixtureHost;

describe('with the keyboard alone', () => {
  it('a call is found, read and its handler opened', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('Home');
      await expect.poll(() => selectedName(page)).toBe('support-agent');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => selectedName(page)).toBe('get_forecast');
      await expect.poll(() => paneTitle(page)).toBe('get_forecast');
      await page.keyboard.press('Enter');
      await expect
        .poll(async () => (await asked(page)).at(-1))
        .toMatchObject({ method: 'handler/open', params: { spanId: '0000000000000003' } });
    }));

  it('a span that was folded away is the one selected, however late its rows come', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('_');
      await expect.poll(() => names(page)).not.toContain('get_forecast');
      await page.evaluate(() => {
        const slow = fixture as unknown as { page(...asked: unknown[]): unknown };
        const answer = slow.page.bind(fixture);
        slow.page = async (...asked) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return answer(...asked);
        };
        const [traceId, spanId] = ['1'.padStart(32, '0'), '3'.padStart(16, '0')];
        fixture.rpc.emit('view/reveal', { span: { traceId, spanId } });
      });
      await expect.poll(() => names(page)).toContain('get_forecast');
      await expect.poll(() => selectedName(page)).toBe('get_forecast');
      await expect.poll(() => paneTitle(page)).toBe('get_forecast');
    }));

  it('rows fold and unfold, and left goes to the parent', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('Home');
      const before = await names(page);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(async () => (await names(page)).length).toBe(before.length - 9);
      expect(await page.locator('.row-selected').first().getAttribute('aria-expanded')).toBe(
        'false',
      );
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => names(page)).toEqual(before);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => selectedName(page)).toBe('support-agent');
      await page.keyboard.press('_');
      await expect
        .poll(() => names(page))
        .toEqual(['support-agent', 'search_places', 'send_report']);
      await page.keyboard.press('*');
      await expect.poll(() => names(page)).toEqual(before);
    }));

  it('the next error is looked for; where there is none, that is said and not shown', () =>
    withView({ session: 'started' }, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('e');
      await expect.poll(() => page.locator('.toast').textContent()).toBe('No call failed.');
      expect(await page.locator('.toast-line').count()).toBe(0);
    }));

  it('the search narrows the rows and gives the focus back', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('/');
      await page.keyboard.type('bergen');
      await page.keyboard.press('Enter');
      await expect.poll(() => names(page)).toEqual(['search_places', 'handler']);
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('scroller');
      await page.keyboard.press('Escape');
      await expect.poll(async () => (await names(page)).length).toBeGreaterThan(10);
    }));

  it('a mistake in the search is underlined and named', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('/');
      await page.keyboard.type('chat tool:');
      await expect.poll(() => page.locator('.search-wrong').textContent()).toBe('tool:');
      expect(await page.locator('.search-error').textContent()).toContain('wants a value');
      // It stays while it is being mended.
      await page.waitForTimeout(400);
      expect(await page.locator('.search-input').inputValue()).toBe('chat tool:');
      expect(await page.locator('.search-input').getAttribute('aria-invalid')).toBe('true');
    }));

  // Nothing runs here: what there is to see does not grow between two keys.
  it('the time axis zooms, pans, fits and comes back', () =>
    withView({ session: 'still' }, async (page) => {
      await page.locator('.scroller').focus();
      const shown = () =>
        page.evaluate(() => {
          const { window: shownWindow } = (
            globalThis as unknown as { app: { state: { window: unknown } } }
          ).app.state;
          return shownWindow as { start: number; end: number } | null;
        });
      expect(await shown()).toBeNull();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => paneTitle(page)).toBe('chat');
      await page.keyboard.press('+');
      const zoomed = await shown();
      expect(zoomed).not.toBeNull();
      await page.keyboard.press('Shift+ArrowRight');
      expect((await shown())?.start).toBeGreaterThan(zoomed?.start ?? 0);
      await page.keyboard.press('0');
      // Faster than frames are painted.
      await page.evaluate(() => {
        const press = (key: string, shiftKey = false) =>
          document
            .querySelector('.scroller')
            ?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
        press('+');
        press('ArrowRight', true);
      });
      expect((await shown())?.start).toBeGreaterThan(zoomed?.start ?? 0);
      await page.keyboard.press('f');
      const fitted = await shown();
      expect((fitted?.end ?? 0) - (fitted?.start ?? 0)).toBeLessThan(1.6e9);
      await page.keyboard.press('f');
      expect(await shown()).toBeNull();
      await page.keyboard.press('+');
      await page.keyboard.press('0');
      expect(await shown()).toBeNull();
    }));

  it('errors are walked to, whatever is selected', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('e');
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
      await page.keyboard.press('e');
      await expect.poll(() => selectedName(page)).toBe('handler');
      await page.keyboard.press('E');
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
    }));

  it('one call is focused on, and Escape comes back', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('e');
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
      await page.keyboard.press('z');
      await expect.poll(() => names(page)).toEqual(['get_alerts', 'handler']);
      await page.keyboard.press('Escape');
      await expect.poll(async () => (await names(page)).length).toBeGreaterThan(10);
      await expect.poll(() => selectedName(page)).toBe('get_alerts');
    }));

  it('every part is reached by Tab, and the tabs of details by arrows', () =>
    withView({}, async (page) => {
      await page.locator('.scroller').focus();
      await page.keyboard.press('e');
      await expect.poll(() => paneTitle(page)).toBe('get_alerts');
      const seen = new Set<string>();
      for (let step = 0; step < 40; step++) {
        await page.keyboard.press('Tab');
        seen.add(
          await page.evaluate(() => {
            const focused = document.activeElement;
            return focused?.getAttribute('role') ?? focused?.tagName.toLowerCase() ?? '';
          }),
        );
      }
      for (const part of ['treegrid', 'slider', 'separator', 'tab', 'vscode-button', 'combobox']) {
        expect([...seen]).toContain(part);
      }
      await page.locator('#tab-call').focus();
      await page.keyboard.press('ArrowRight');
      const tab = () => page.locator('[role=tab][aria-selected=true]').textContent();
      await expect.poll(tab).toBe('Timing');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(tab).toBe('Source');
    }));
});
