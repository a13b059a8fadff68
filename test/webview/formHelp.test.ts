/** What the form does beyond its fields: values that the server proposes, a process that is old. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { openForm } from './formPage.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const prompt = {
  kind: 'prompt',
  completes: true,
  schema: {
    type: 'object',
    required: ['city'],
    properties: { country: { type: 'string' }, city: { type: 'string' } },
  },
} as const;
const answers = { 'form/complete': ['Bergen', 'Bodø'] };

describe('values that the server proposes', () => {
  it('come while one types, with what else is filled in, and are taken with the keyboard', async () => {
    const { page, calls, sent } = await openForm(browser, prompt, { answers });
    await page.getByLabel('country').fill('NO');
    const city = page.getByLabel('city');
    // Not by a click: what is proposed for the country may lie over the city by now.
    await city.focus();
    await page.keyboard.type('B');
    const options = page.getByRole('option');
    await expect.poll(() => options.allTextContents()).toEqual(['Bergen', 'Bodø']);
    await expect
      .poll(async () => (await calls('form/complete')).at(-1)?.params)
      .toEqual({ argument: 'city', value: 'B', others: { country: 'NO' } });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await city.getAttribute('aria-activedescendant')).toBe(
      await options.nth(1).getAttribute('id'),
    );
    await page.keyboard.press('Enter');
    expect(await city.inputValue()).toBe('Bodø');
    await page.keyboard.press('Control+Enter');
    await expect.poll(sent).toEqual({ country: 'NO', city: 'Bodø' });
    await page.close();
  });

  it('are taken with the mouse, and close with Escape or when the field is left', async () => {
    const { page } = await openForm(browser, prompt, { answers });
    const city = page.getByLabel('city');
    const options = page.getByRole('option');
    await city.click();
    await options.first().click();
    expect(await city.inputValue()).toBe('Bergen');
    await city.click();
    await options.filter({ hasText: 'Bodø' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await options.count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await options.filter({ hasText: 'Bodø' }).waitFor();
    await page.getByLabel('country').focus();
    expect(await options.filter({ hasText: 'Bodø' }).count()).toBe(0);
    await page.close();
  });

  it('are not asked for where it has none', async () => {
    const { page, calls } = await openForm(browser, { ...prompt, completes: false }, { answers });
    await page.getByLabel('city').click();
    await page.keyboard.type('B');
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await calls('form/call')).length).toBe(1);
    expect(await calls('form/complete')).toEqual([]);
    await page.close();
  });
});

describe('a process that is older than its file', () => {
  const older = 'server.ts was saved after “weather” started. Restart to run your edit.';
  const restart = { 'form/restart': true };

  it('is told of beside the button, and one press restarts and calls', async () => {
    const { page, calls } = await openForm(browser, { older }, { answers: restart });
    expect(await page.locator('.note:visible').textContent()).toContain(older);
    await page.getByRole('button', { name: 'Restart and Call' }).click();
    await expect.poll(async () => (await calls('form/call')).length).toBe(1);
    expect((await calls()).map(({ method }) => method).slice(-2)).toEqual([
      'form/restart',
      'form/call',
    ]);
    await page.close();
  });

  it('is told of while the form stands there, until it is restarted', async () => {
    const { page, emit } = await openForm(browser, {});
    const note = page.locator('.note:visible');
    expect(await note.count()).toBe(0);
    await emit('form/older', { note: older });
    await note.waitFor();
    await emit('form/older', { note: null });
    await expect.poll(() => note.count()).toBe(0);
    await page.close();
  });

  it('that does not start again is not called', async () => {
    const answers = { 'form/restart': false };
    const { page, calls } = await openForm(browser, { older }, { answers });
    const button = page.getByRole('button', { name: 'Restart and Call' });
    await button.click();
    await expect.poll(() => button.isEnabled()).toBe(true);
    expect(await calls('form/call')).toEqual([]);
    await page.close();
  });
});
