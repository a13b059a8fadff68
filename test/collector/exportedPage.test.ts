import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { mcp, requestOf, type Told, theTrace } from '../unit/core/trace/telling.js';
import { makeFolder, post, run } from './running.js';

const hostile = '</script><script>window.ran = 1</script><!--<img src=x onerror="window.ran = 2">';
const spans: Told[] = [
  {
    id: 'a',
    kind: 3,
    scope: 'spanpath.shim',
    duration: 100,
    attributes: mcp('search', { 'gen_ai.tool.call.arguments': JSON.stringify({ q: hostile }) }),
  },
  { id: 'b', parent: 'a', name: hostile, service: hostile, start: 10, status: 2 },
  { id: 'c', kind: 3, attributes: mcp('fetch'), start: 200 },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Exports what was told as a page and opens it from its file, cut off from any network. */
async function openPage(
  told: readonly Told[],
): Promise<{ page: Page; complaints: string[]; path: string }> {
  const collector = await run({
    pageDirectory: resolve(process.env.SPANPATH_DIST ?? 'dist', 'webview'),
  });
  for (const one of told) await post(collector, requestOf(one));
  const path = join(makeFolder(), 'traces.html');
  const request = { id: 'x', path, format: 'html', traceId: null, query: '' } as const;
  await collector.handlers['session/export'](request);
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on('request', (asked) => {
    if (!/^(file|data|blob):/.test(asked.url())) complaints.push(`asked for ${asked.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, complaints, path };
}

describe('a page that was exported', () => {
  it('shows the calls from its own file, without network or complaint', async () => {
    const { page, complaints } = await openPage(spans);
    await page.getByText('search').first().waitFor();
    await page.getByText('fetch').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows the details of a call', async () => {
    const { page, complaints } = await openPage(spans);
    await page.getByText('fetch').first().click();
    await page.getByRole('tab', { name: 'Attributes' }).click();
    await page.getByText('mcp.method.name').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('runs nothing of what the spans carry', async () => {
    const { page, complaints, path } = await openPage(spans);
    await page.getByText('search').first().waitFor();
    await page.getByText('search').first().click();
    await page.waitForTimeout(200);
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(complaints).toEqual([]);
    const html = readFileSync(path, 'utf8');
    expect(html.match(/window\.ran/g)).not.toBeNull();
    expect(html).not.toContain('</script><script>window.ran');
  });

  it('refuses a script that someone adds to it', async () => {
    const { path } = await openPage(spans);
    const html = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      html.replace('<div id="app">', '<script>window.ran = 3</script><div id="app">'),
    );
    const page = await (await browser.newContext({ offline: true })).newPage();
    await page.goto(pathToFileURL(path).href);
    await page.getByText('search').first().waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });

  it('finds by the query language, as the editor does', async () => {
    const collector = await run({
      pageDirectory: resolve(process.env.SPANPATH_DIST ?? 'dist', 'webview'),
    });
    for (const one of spans) await post(collector, requestOf(one));
    const { page } = await openPage(spans);
    await page.getByText('search').first().waitFor();
    const answer = await page.evaluate(async () => {
      const channel = (globalThis as unknown as { spanpathPage: PageChannel }).spanpathPage;
      return new Promise((done) => {
        channel.onMessage((message) => {
          const { rpc, id, result } = message as { rpc: string; id: number; result: unknown };
          if (rpc === 'response' && id === 9_999) done(result);
        });
        const params = { query: 'tool:search' };
        channel.send({ rpc: 'request', id: 9_999, method: 'statistics/list', params });
      });
    });
    const params = { query: 'tool:search' };
    expect(answer).toEqual(
      JSON.parse(JSON.stringify(await collector.handlers['statistics/list'](params))),
    );
    expect(JSON.stringify(answer)).toContain('search');
    expect(theTrace).toHaveLength(32);
  });
});

interface PageChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}
