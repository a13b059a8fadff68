import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { anySubject, openForm } from './formPage.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const schema = {
  type: 'object',
  required: ['city', 'filter'],
  properties: {
    city: { type: 'string', title: 'City', description: 'Name of a city' },
    days: { type: 'integer', minimum: 1, maximum: 14, default: 3 },
    units: { enum: ['metric', 'imperial'], default: 'metric' },
    alerts: { type: 'boolean', default: true },
    verbose: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    filter: {
      type: 'object',
      required: ['kind'],
      properties: { kind: { enum: ['town', 'city'] }, population: { type: 'number' } },
    },
    area: {
      anyOf: [
        { title: 'Circle', type: 'object', properties: { radius: { type: 'number' } } },
        { title: 'Name', type: 'string' },
        { type: 'null' },
      ],
      default: null,
    },
    options: { type: 'object', additionalProperties: true },
  },
};
const call = (page: { getByRole: (role: 'button', options: object) => Locator }) =>
  page.getByRole('button', { name: 'Call', exact: true }).click();

describe('a form made from a schema', () => {
  it('sends what was given, defaults included, and leaves out what was not', async () => {
    const { page, sent } = await openForm(browser, { schema });
    await page.getByLabel('City').fill('Oslo');
    await page.getByLabel('kind').selectOption('town');
    await call(page);
    expect(await sent()).toEqual({
      city: 'Oslo',
      days: 3,
      units: 'metric',
      alerts: true,
      filter: { kind: 'town' },
    });
  });

  it('names the tool as the protocol does, beside its title', async () => {
    const titled = await openForm(browser, { name: 'search', title: 'Search places' });
    expect(await titled.page.locator('h1').textContent()).toBe('Search places');
    expect(await titled.page.locator('.subtitle').textContent()).toBe('search · weather');
    const plain = await openForm(browser, { name: 'search', title: '' });
    expect(await plain.page.locator('h1').textContent()).toBe('search');
    expect(await plain.page.locator('.subtitle').textContent()).toBe('weather');
  });

  it('shows whole lines of a long description, and the rest when asked', async () => {
    const long = 'Searches places by name. '.repeat(40);
    const { page } = await openForm(browser, { description: long }, { width: 280 });
    const about = page.locator('.about');
    const height = () => about.evaluate((node) => node.clientHeight);
    const line = await about.evaluate((node) => parseFloat(getComputedStyle(node).lineHeight));
    expect((await height()) / line).toBeCloseTo(6, 1);
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await about.evaluate((node) => node.scrollHeight - node.clientHeight)).toBe(0);
    await page.getByRole('button', { name: 'Show less' }).click();
    expect((await height()) / line).toBeCloseTo(6, 1);
    const short = await openForm(browser, { description: 'Searches.' }, { width: 280 });
    expect(await short.page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('fills lists, nested objects, alternatives and free JSON', async () => {
    const { page, sent } = await openForm(browser, { schema });
    await page.getByLabel('City').fill('Oslo');
    await page.getByLabel('kind').selectOption('city');
    await page.getByLabel('population').fill('1e3');
    await page.getByLabel('verbose').selectOption('false');
    const add = page.getByRole('button', { name: 'Add to tags' });
    await add.click();
    await page.getByLabel('tags 1', { exact: true }).fill('coast');
    await add.click();
    await page.getByLabel('tags 2', { exact: true }).fill('old');
    expect(await add.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Remove tags 1' }).click();
    await page.getByLabel('area').selectOption('Circle');
    await page.getByLabel('radius').fill('2.5');
    await page.getByLabel('options').fill('{"deep":[1]}');
    await call(page);
    expect(await sent()).toMatchObject({
      filter: { kind: 'city', population: 1000 },
      verbose: false,
      tags: ['old'],
      area: { radius: 2.5 },
      options: { deep: [1] },
    });
  });

  it('says beside each field what is wrong, sends nothing, and takes it back when it is mended', async () => {
    const { page, calls } = await openForm(browser, { schema });
    await page.getByLabel('days').fill('99');
    await page.getByLabel('options').fill('{');
    await call(page);
    const messageOf = async (label: string) => {
      const input = page.getByLabel(label);
      expect(await input.getAttribute('aria-invalid')).toBe('true');
      const ids = (await input.getAttribute('aria-describedby'))?.split(' ') ?? [];
      return page.locator(`#${ids.at(-1)}`).textContent();
    };
    expect(await messageOf('City')).toBe('A value is needed');
    expect(await messageOf('days')).toBe('At most 14');
    expect(await messageOf('kind')).toBe('A value is needed');
    expect(await messageOf('options')).toContain('not JSON');
    expect(await page.getByLabel('City').evaluate((node) => node === document.activeElement)).toBe(
      true,
    );
    expect(await calls('form/call')).toEqual([]);
    await page.getByLabel('days').fill('9');
    expect(await page.getByLabel('days').getAttribute('aria-invalid')).toBeNull();
  });

  it('steps numbers with the arrow keys', async () => {
    const { page } = await openForm(browser, { schema });
    await page.getByLabel('days').press('ArrowUp');
    await page.getByLabel('days').press('ArrowUp');
    await page.getByLabel('days').press('ArrowDown');
    expect(await page.getByLabel('days').inputValue()).toBe('4');
  });

  it('begins with the last values and goes back to the defaults', async () => {
    const last = { city: 'Lima', days: 7, tags: ['a'], filter: { kind: 'town' } };
    const { page } = await openForm(browser, { schema, lastArguments: JSON.stringify(last) });
    expect(await page.getByLabel('City').inputValue()).toBe('Lima');
    expect(await page.getByLabel('tags 1', { exact: true }).inputValue()).toBe('a');
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(await page.getByLabel('City').inputValue()).toBe('');
    expect(await page.getByLabel('days').inputValue()).toBe('3');
  });

  it('keeps what is being written', async () => {
    const { page, calls } = await openForm(browser, { schema });
    await page.getByLabel('City').fill('Ber');
    await page.waitForFunction(() =>
      (window as unknown as { formCalls: { method: string }[] }).formCalls.some(
        ({ method }) => method === 'form/keep',
      ),
    );
    const kept = (await calls('form/keep'))[0]?.params as { arguments: string } | undefined;
    expect(JSON.parse(kept?.arguments ?? 'null')).toMatchObject({
      city: 'Ber',
    });
  });

  it('needs nothing but the button when there are no arguments', async () => {
    const { page, sent } = await openForm(browser, { schema: { type: 'object' } });
    await page.getByText('No arguments are needed').waitFor();
    await call(page);
    expect(await sent()).toEqual({});
  });

  it('offers to choose a tool when there is none', async () => {
    const { page, calls } = await openForm(browser, null);
    await page.getByRole('button', { name: 'Choose a Tool…' }).click();
    expect(await calls('form/pick')).toHaveLength(1);
  });
});

describe('arguments written as JSON', () => {
  it('are the same arguments as in the form, both ways', async () => {
    const last = { city: 'Lima', filter: { kind: 'town' }, extra: { kept: true } };
    const { page, sent } = await openForm(browser, { schema, lastArguments: JSON.stringify(last) });
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    const raw = page.getByLabel('Arguments as JSON');
    expect(JSON.parse(await raw.inputValue())).toMatchObject(last);
    await raw.fill('{"city":"Rome","filter":{"kind":"city"},"extra":1}');
    await page.getByRole('button', { name: 'Form', exact: true }).click();
    expect(await page.getByLabel('City').inputValue()).toBe('Rome');
    await call(page);
    expect(await sent()).toMatchObject({ city: 'Rome', extra: 1 });
  });

  it('may be wrong on purpose, and are sent as they stand', async () => {
    const { page, calls } = await openForm(browser, { schema });
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.getByLabel('Arguments as JSON').fill('{"city": 5, "big": 12345678901234567890}');
    await call(page);
    expect((await calls('form/call'))[0]?.params).toMatchObject({
      arguments: '{"city": 5, "big": 12345678901234567890}',
    });
    expect(await page.locator('.arguments .message').textContent()).toContain(
      'city: Text is needed',
    );
  });

  it('that cannot be read stay where they are, and say why', async () => {
    const { page, calls } = await openForm(browser, { schema });
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.getByLabel('Arguments as JSON').fill('{"city":');
    await page.getByRole('button', { name: 'Form', exact: true }).click();
    await page.getByText('This is not JSON').waitFor();
    expect(await page.getByLabel('Arguments as JSON').isVisible()).toBe(true);
    await call(page);
    expect(await calls('form/call')).toEqual([]);
  });
});

describe('a call of the form', () => {
  const simple = { schema: { type: 'object' } };

  it('is sent by Ctrl+Enter, shows progress and can be cancelled by Escape', async () => {
    const { page, calls, emit, answer } = await openForm(browser, {
      schema: { type: 'object', properties: { x: { type: 'string' } } },
    });
    await page.getByLabel('x').press('Control+Enter');
    await page.locator('.call-result[data-state="running"]').waitFor();
    expect(await page.getByRole('button', { name: 'Call', exact: true }).isDisabled()).toBe(true);
    await emit('call/progress', { progress: 3, total: 10, message: 'looking' });
    await page.getByText('3 of 10 · looking').waitFor();
    expect(await page.locator('progress').getAttribute('value')).toBe('3');
    await page.getByLabel('x').press('Escape');
    expect(await calls('form/cancel')).toHaveLength(1);
    await answer({ cancelled: true, error: { code: null, message: 'aborted' } });
    await page.getByText('Cancelled').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
  });

  it('shows text, JSON, pictures, links and resources as what they are', async () => {
    const { page, calls, answer } = await openForm(browser, simple);
    await call(page);
    const pixel =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await answer({
      result: {
        content: [
          { type: 'text', text: 'plain <b>words</b>' },
          { type: 'text', text: '{"a":[1,2]}' },
          { type: 'image', mimeType: 'image/png', data: pixel },
          { type: 'resource_link', uri: 'https://example.test/x', name: 'page' },
          { type: 'resource_link', uri: 'command:evil', name: 'trap' },
          { type: 'resource', resource: { uri: 'x://1', mimeType: 'text/plain', text: 'inside' } },
        ],
        structuredContent: { n: 1 },
      },
    });
    await page.getByText('plain <b>words</b>').waitFor();
    await page.getByText('"a": [').waitFor();
    await page.getByText('inside').waitFor();
    await page.getByText('"n": 1').waitFor();
    const shown = await page
      .locator('img')
      .evaluate((node) => (node as HTMLImageElement).naturalWidth);
    expect(shown).toBe(1);
    await page.getByRole('button', { name: 'page' }).click();
    expect((await calls('link/open'))[0]?.params).toEqual({ url: 'https://example.test/x' });
    expect(await page.getByRole('button', { name: 'trap' }).count()).toBe(0);
  });

  it('tells a tool error from a protocol error', async () => {
    const { page, answer } = await openForm(browser, simple);
    await call(page);
    await answer({ result: { isError: true, content: [{ type: 'text', text: 'no city' }] } });
    await page.locator('.status.failed', { hasText: 'Tool error' }).waitFor();
    await call(page);
    await answer({ error: { code: -32602, message: 'no such tool' } });
    await page.getByText('no such tool (-32602)').waitFor();
  });

  it('cuts what is very long, and opens the whole of it in an editor', async () => {
    const { page, calls, answer } = await openForm(browser, simple);
    await call(page);
    const text = 'x'.repeat(3_000_000);
    await answer({ result: { content: [{ type: 'text', text }] } });
    await page.getByText('The first 20.0 kB of 3.0 MB.').waitFor();
    expect((await page.locator('pre').textContent())?.length).toBe(20_000);
    await page.getByRole('button', { name: 'Open in an editor' }).click();
    const opened = (await calls('text/open'))[0]?.params as { text: string };
    expect(opened.text.length).toBe(3_000_000);
  });

  it('asks the host for the whole of a text of which it got the beginning', async () => {
    const { page, calls, answer } = await openForm(browser, simple);
    await call(page);
    const text = '{"a":'.padEnd(20_000, 'x');
    await answer({
      result: { content: [{ type: 'text', text }], structuredContent: '{"b":' },
      long: { 'content.0.text': 10_000_000, structuredContent: 600_000 },
    });
    await page.getByText('The first 20.0 kB of 10.0 MB.').waitFor();
    await page.getByText('The first 20.0 kB of 600.0 kB.').waitFor();
    await page.getByRole('button', { name: 'Open in an editor' }).first().click();
    await page.getByRole('button', { name: 'Copy' }).last().click();
    expect((await calls('form/openLong'))[0]?.params).toEqual({
      path: 'content.0.text',
      language: 'json',
    });
    expect((await calls('form/copyLong'))[0]?.params).toEqual({ path: 'structuredContent' });
  });

  it('takes hostile names and descriptions for text', async () => {
    const evil = '</script><img src=x onerror="document.title=1">\u202e\u0000';
    const { page } = await openForm(browser, {
      title: evil,
      description: evil,
      schema: { type: 'object', properties: { [evil]: { type: 'string', description: evil } } },
    });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Call');
  });

  it('keeps what is being written, and what came back, when its tool is chosen again', async () => {
    const subject = { schema, lastArguments: '{"city":"Lima"}' };
    const { page, emit, answer } = await openForm(browser, subject);
    await page.getByLabel('kind').selectOption('town');
    await call(page);
    await answer({ result: { content: [{ type: 'text', text: 'found it' }] } });
    await page.getByText('found it').waitFor();
    await page.getByLabel('City').fill('Rome');
    await page.getByLabel('days').focus();
    await emit('form/show', { ...anySubject, ...subject });
    const city = page.getByLabel('City');
    await expect.poll(() => city.evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await city.inputValue()).toBe('Rome');
    await emit('form/show', { ...anySubject, ...subject, note: 'Look first.' });
    await page.getByText('Look first.').waitFor();
    expect(await page.getByLabel('City').inputValue()).toBe('Lima');
    expect(await page.getByText('found it').isVisible()).toBe(true);
  });

  it('never shows the answer of one tool under another', async () => {
    const { page, emit, answer } = await openForm(browser, simple);
    await call(page);
    await emit('form/show', { ...anySubject, id: 'test/tool/other', name: 'other' });
    await page.locator('.call-form[data-tool="other"]').waitFor();
    await answer({ result: { content: [{ type: 'text', text: 'of the first' }] } });
    const again = page.getByRole('button', { name: 'Call', exact: true });
    await expect.poll(() => again.isEnabled()).toBe(true);
    expect(await page.getByText('of the first').count()).toBe(0);
  });

  it('that is replayed goes out at once, unless there is something to look at first', async () => {
    const replay = { schema: { type: 'object' }, lastArguments: '{"a":1}' };
    const atOnce = await openForm(browser, { ...replay, callNow: true });
    await atOnce.page.locator('.call-result[data-state="running"]').waitFor();
    expect(await atOnce.sent()).toEqual({ a: 1 });
    const careful = await openForm(browser, { ...replay, note: 'Some values were hidden.' });
    await careful.page.getByText('Some values were hidden.').waitFor();
    expect(await careful.calls('form/call')).toEqual([]);
  });
});
