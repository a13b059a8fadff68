import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { untilKept } from './page.js';
import { useSite } from './site.js';

const site = useSite();

interface Looks {
  readonly name: string;
  readonly cut: boolean;
  readonly detailPx: number;
  /** null without a pill. */
  readonly pill: 'words' | 'icon' | null;
  /** Of the server's name; null where it is not shown. */
  readonly server: 'whole' | 'cut' | null;
}

const looks = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('.rows-moved .row:not([hidden])')].map((row) => {
    const [name, detail, pill, server] = ['.name', '.detail', '.pill', '.server'].map((part) =>
      row.querySelector(part));
    const [box, cell] = [pill, row.querySelector('.cell-name')].map((one) => one.getBoundingClientRect());
    if (!pill.hidden && box.right > cell.right) throw new Error('a pill is cut');
    return {
      name: name.textContent,
      cut: name.scrollWidth > name.clientWidth,
      detailPx: detail.clientWidth,
      pill: pill.hidden ? null : pill.matches('.pill-small') ? 'icon' : 'words',
      server: server.offsetWidth === 0 ? null : server.scrollWidth > server.clientWidth ? 'cut' : 'whole',
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

describe('the name of a server', () => {
  it('stands whole in its row or not at all', async () => {
    const seen = new Set<string | null>();
    for (const width of [1200, 860, 700, 600, 560]) {
      const page = await site.open({ session: 'still', servers: ['weather', 'tickets'], width });
      for (const { server } of await looks(page)) seen.add(server);
      await page.context().close();
    }
    expect([...seen].sort()).toEqual(['whole', null].sort());
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

describe('a window of time that was chosen', () => {
  const zoomTo = async (page: Page, tool: string) => {
    await page.locator('.rows .row:visible .name', { hasText: tool }).first().click();
    await page.keyboard.press('f');
  };
  const search = async (page: Page, query: string) => {
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('.rows .row:visible .name').first().textContent())
      .toBe(query.slice('tool:'.length));
  };
  /** Whether the first row can be seen on the axis, and whether somebody chose the window. */
  const shown = (page: Page) =>
    page.evaluate(`(() => {
      const { start, end } = app.window();
      const row = app.rows.row(0);
      const seen = row.start + row.duration > start && row.start < end;
      return { seen, chosen: app.state.window !== null };
    })()`);

  it('keeps its time when a search finds what lies in it', async () => {
    const page = await site.open({ session: 'still', width: 900 });
    await zoomTo(page, 'search_places');
    await search(page, 'tool:search_places');
    await expect.poll(() => shown(page)).toEqual({ seen: true, chosen: true });
    await page.context().close();
  });

  it('goes when a search finds nothing in it', async () => {
    const page = await site.open({ session: 'still', width: 900 });
    await zoomTo(page, 'chat');
    await search(page, 'tool:search_places');
    await expect.poll(() => shown(page)).toEqual({ seen: true, chosen: false });
    await page.context().close();
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
    await untilKept(page);
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
