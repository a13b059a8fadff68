import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useSite } from './site.js';

const site = useSite();

interface Looks {
  readonly name: string;
  readonly cut: boolean;
  readonly detailPx: number;
  /** null without a pill. */
  readonly pill: 'words' | 'icon' | null;
}

const looks = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('.rows-moved .row:not([hidden])')].map((row) => {
    const [name, detail, pill] = ['.name', '.detail', '.pill'].map((part) => row.querySelector(part));
    const [box, cell] = [pill, row.querySelector('.cell-name')].map((one) => one.getBoundingClientRect());
    if (!pill.hidden && box.right > cell.right) throw new Error('a pill is cut');
    return {
      name: name.textContent,
      cut: name.scrollWidth > name.clientWidth,
      detailPx: detail.clientWidth,
      pill: pill.hidden ? null : pill.matches('.pill-small') ? 'icon' : 'words',
    };
  })`) as Promise<Looks[]>;

describe('a row in little room', () => {
  it('gives up the detail first, then the words of its pill, and of its name nothing', async () => {
    const seen = new Set<string>();
    for (const width of [860, 480, 440, 400, 360, 320]) {
      const page = await site.open({ session: 'still', width });
      const rows = await looks(page);
      const failed = rows.find(({ name }) => name === 'get_alerts');
      expect(failed).toBeDefined();
      for (const row of rows) {
        if (row.cut) expect([row.pill, row.detailPx], row.name).not.toContain('words');
        if (row.cut) expect(row.detailPx).toBe(0);
        if (row.pill === 'icon') expect(row.detailPx, row.name).toBeLessThan(90);
      }
      expect(failed?.cut).toBe(false);
      seen.add(String(failed?.pill));
      await page.context().close();
    }
    expect([...seen].sort()).toEqual(['icon', 'words']);
  });
});

describe('the time axis', () => {
  it('cuts none of its labels, however narrow it is', async () => {
    for (const width of [1200, 860, 480, 400, 360, 320]) {
      const page = await site.open({ session: 'still', width });
      const ends = (await page.evaluate(`[...document.querySelectorAll('.axis-label:not([hidden])')]
        .map((label) => label.getBoundingClientRect().right)`)) as number[];
      expect(ends.length).toBeGreaterThan(0);
      expect(Math.max(...ends), `${width} px`).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });
});

describe('messages that only keep the protocol going', () => {
  const names = (page: Page) => page.locator('.rows .row:visible .name').allTextContents();

  it('are hidden until they are asked for, and the choice is remembered', async () => {
    const page = await site.open({ session: 'started' });
    await page.getByText('Connected, no calls yet').waitFor();
    await page.locator('.toolbar vscode-button', { hasText: 'Layers' }).click();
    const entry = page.locator('[role=menuitemcheckbox]', { hasText: 'Protocol messages' });
    expect(await entry.textContent()).toContain('2 hidden');
    expect(await entry.getAttribute('aria-checked')).toBe('false');
    await entry.click();
    await expect.poll(() => names(page)).toEqual(['initialize', 'tools/list']);
    await page.waitForTimeout(400);
    await page.reload();
    await expect.poll(() => names(page)).toEqual(['initialize', 'tools/list']);
    await page.context().close();
  });

  it('are found by a search, and shown by the button of the empty view', async () => {
    const page = await site.open({ session: 'started' });
    await page.locator('.scroller').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('tools/list');
    await page.keyboard.press('Enter');
    await expect.poll(() => names(page)).toEqual(['tools/list']);
    await page.keyboard.press('Escape');
    await page.locator('.scroller').focus();
    await page.keyboard.press('Escape');
    await page.locator('.notice vscode-button', { hasText: 'Show protocol messages' }).click();
    await expect.poll(() => names(page)).toEqual(['initialize', 'tools/list']);
    await page.context().close();
  });
});
