import { basename } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { untilPainted } from './page.js';
import { useSite } from './site.js';

const site = useSite();

/** What stands where, once it stands still. */
async function steadyBoxes(page: Page): Promise<unknown> {
  for (let before: unknown; ; ) {
    const now = await page.evaluate(boxes);
    if (now === before) return now;
    before = now;
    await page.waitForTimeout(200);
  }
}

const boxes = `JSON.stringify([...document.querySelectorAll(
  '.toolbar, .toolbar vscode-button, .search, .waterfall, .pane-head > *, .notice vscode-button')]
  .map((one) => one.getBoundingClientRect())
  .map(({ x, y, width, height }) => [x, y, width, height].map(Math.round)))`;

describe('the first rows', () => {
  for (const session of ['design', 'empty']) {
    for (const width of [320, 860]) {
      it(`come before the controls, and nothing moves when those are there: ${session}, ${width} px`, async () => {
        const page = await site.open({
          session: `${session}&withoutControls`,
          width,
        });
        expect(await page.evaluate(`customElements.get('vscode-button') === undefined`)).toBe(true);
        const before = await steadyBoxes(page);
        await page.evaluate('registerControls()');
        await page.waitForFunction(`[...document.querySelectorAll('vscode-button')]
          .every((one) => one.shadowRoot?.querySelector('button'))`);
        await untilPainted(page);
        expect(await page.evaluate(boxes)).toBe(before);
        await page.context().close();
      });
    }
  }

  it('have the keyboard at once', async () => {
    const page = await site.open();
    await page.waitForFunction(`document.activeElement?.matches('.scroller')`);
    await page.keyboard.press('End');
    await page.locator('.row-selected').first().waitFor();
    await page.context().close();
  });
});

describe('the controls', () => {
  it('are read under the policy of the editor, after its page has loaded', async () => {
    const files = await bundleView();
    const policy = "default-src 'none'; script-src 'nonce-n'; style-src 'self' 'unsafe-inline'";
    const page = await site.browser.newPage();
    await page.addInitScript(`globalThis.acquireVsCodeApi = () =>
      ({ postMessage() {}, getState: () => null, setState() {} })`);
    await page.route('http://view.test/**', (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const body = files.get(name);
      if (body) return route.fulfill({ contentType: 'text/javascript', body });
      return route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': policy },
        body: `<!doctype html><body class="vscode-dark" style="--vscode-button-background: rgb(1, 2, 3)">
          <div id="app"></div>
          <script type="module" nonce="n" src="/main.js" data-controls="/controlsLibrary.js"></script>`,
      });
    });
    await page.goto('http://view.test/');
    // Without the theme the library's own colour would stand.
    const colour = `getComputedStyle(document.body).getPropertyValue('--button-primary-background')`;
    await expect.poll(() => page.evaluate(colour)).toBe('rgb(1, 2, 3)');
    await page.close();
  });
});

async function bundleView(): Promise<Map<string, string>> {
  const made = await build({
    entryPoints: ['webview/main.ts', 'webview/controlsLibrary.ts'],
    outdir: 'out',
    bundle: true,
    write: false,
    format: 'esm',
    target: 'chrome128',
  });
  return new Map(made.outputFiles.map(({ path, text }) => [basename(path), text]));
}
