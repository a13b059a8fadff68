import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { openForm } from './formPage.js';
import { type FormTheme, formThemes } from './formThemes.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const schema = {
  type: 'object',
  required: ['city'],
  properties: {
    city: { type: 'string', title: 'City', description: 'Name of a city' },
    days: { type: 'integer', maximum: 14 },
    alerts: { type: 'boolean', default: true },
    units: { enum: ['metric', 'imperial'] },
    tags: { type: 'array', items: { type: 'string' } },
    filter: { type: 'object', properties: { population: { type: 'number' } } },
    area: {
      anyOf: [
        { title: 'Name', type: 'string' },
        { title: 'Size', type: 'number' },
      ],
    },
    options: { type: 'object' },
  },
};
const last = JSON.stringify({ days: 99, tags: ['a'], filter: {}, area: 'x' });

describe.each(Object.keys(formThemes) as FormTheme[])('the form in %s', (theme) => {
  it('has no accessibility problem: empty, wrong, running and answered', async () => {
    const form = await openForm(browser, { schema, lastArguments: last }, { theme });
    const { page, emit, answer } = form;
    await page.addScriptTag({ path: axe });
    const audit = async () => {
      const { violations } = await page.evaluate(() =>
        (window as unknown as { axe: typeof import('axe-core') }).axe.run(),
      );
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    expect(await audit()).toEqual([]);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    expect(await audit()).toEqual([]);
    await page.getByLabel('City').fill('Oslo');
    await page.getByLabel('days').fill('3');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await emit('call/progress', { progress: 1, total: 2, message: 'half' });
    await page.getByText('1 of 2').waitFor();
    expect(await audit()).toEqual([]);
    await answer({
      result: { isError: true, content: [{ type: 'text', text: '{"a":1}' }] },
    });
    await page.locator('.call-result[data-state="done"]').waitFor();
    expect(await audit()).toEqual([]);
  });

  it.each([320, 400, 900])('fits into %i px without a sideways scroll', async (width) => {
    const long = 'a_very_long_name_without_a_single_space_in_it_that_goes_on_and_on_for_ever';
    const { page } = await openForm(
      browser,
      { schema, lastArguments: last, title: long, description: long.repeat(4) },
      { theme, width },
    );
    const [inner, outer] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(inner).toBeLessThanOrEqual(outer ?? 0);
  });
});

describe('with the keyboard alone', () => {
  it('every control is reached in order and the focus can be seen', async () => {
    const { page } = await openForm(browser, { schema, lastArguments: last });
    const reached: string[] = [];
    await page.getByLabel('City').focus();
    for (let step = 0; step < 40; step++) {
      const here = await page.evaluate(() => {
        const node = document.activeElement as HTMLElement;
        const style = getComputedStyle(node);
        const seen = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
        return `${node.tagName} ${node.getAttribute('aria-label') ?? node.textContent ?? ''} ${seen}`;
      });
      reached.push(here);
      if (here.includes('Reset')) break;
      await page.keyboard.press('Tab');
    }
    expect(reached.filter((each) => each.endsWith('false'))).toEqual([]);
    expect(reached.some((each) => each.includes('Add to tags'))).toBe(true);
    expect(reached.some((each) => each.startsWith('BUTTON Call'))).toBe(true);
  });
});
