import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ThemeName } from './page.js';
import { useSite } from './site.js';

const site = useSite();

const axeSource = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  return found.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`,
    ),
  );
}

const themes: ThemeName[] = ['dark', 'light', 'high-contrast'];

describe.each(themes)('accessibility in the theme %s', (theme) => {
  it('has no violation in any part of the view', async () => {
    const page = await site.open({ theme });
    expect(await violations(page)).toEqual([]);
    await page.locator('.scroller').focus();
    await page.keyboard.press('e');
    await page.locator('.stack').waitFor();
    expect(await violations(page)).toEqual([]);
    for (const tab of ['timing', 'attributes', 'logs', 'error', 'wire', 'source']) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator(`.pane-body[aria-labelledby=tab-${tab}]`).waitFor();
      expect([tab, await violations(page)]).toEqual([tab, []]);
    }
    const more = page.locator('.toolbar vscode-button[aria-label="More actions"]');
    for (const [pane, part] of [
      ['Statistics', '.statistics-table'],
      ['Findings', '.finding'],
    ] as const) {
      await more.click();
      expect(['menu', await violations(page)]).toEqual(['menu', []]);
      await page.locator('[role=menuitem]', { hasText: pane }).click();
      await page.locator(part).waitFor();
      expect([pane, await violations(page)]).toEqual([pane, []]);
    }
    await page.locator('.search-input').focus();
    await page.keyboard.type('tool:x stat');
    await page.locator('.completion-option').first().waitFor();
    expect(['completion', await violations(page)]).toEqual(['completion', []]);
    await page.context().close();
  });

  it('has no violation where there is nothing yet, nor where it is narrow', async () => {
    const empty = await site.open({ theme, session: 'empty' });
    expect(await violations(empty)).toEqual([]);
    await empty.context().close();
    const narrow = await site.open({ theme, width: 320, height: 640 });
    await narrow.locator('.scroller').focus();
    await narrow.keyboard.press('e');
    await narrow.locator('.stack').waitFor();
    expect(await violations(narrow)).toEqual([]);
    const overflow = await narrow.evaluate(() => document.documentElement.scrollWidth);
    expect(overflow).toBeLessThanOrEqual(320);
    await narrow.context().close();
  });
});
