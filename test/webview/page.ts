/** Serves the fixture page on loopback and drives it with Chromium. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const csp =
  "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'";

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Spanpath</title>
<link rel="stylesheet" href="main.css"></head>
<body><main id="app"></main><script type="module" src="main.js"></script></body></html>`;

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that is there, or the one that `SPANPATH_CHROMIUM` names. */
export function launchBrowser(extra: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.SPANPATH_CHROMIUM ?? '/usr/bin/chromium',
    args: [...chromiumFlags, ...extra],
  });
}

/** Bundles the view with the made-up host; nothing is written to disk. */
export async function bundleFixturePage(
  options: BuildOptions = {},
): Promise<Map<string, Uint8Array>> {
  const shared = {
    bundle: true,
    write: false,
    outdir: 'out',
    logLevel: 'error',
    ...options,
  } as const;
  const [script, style] = await Promise.all([
    build({
      ...shared,
      entryPoints: { main: 'test/webview/fixture/page.ts' },
      format: 'esm',
      platform: 'browser',
      target: 'chrome128',
    }),
    build({
      ...shared,
      entryPoints: { main: 'webview/main.css' },
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
    }),
  ]);
  const files = new Map<string, Uint8Array>();
  for (const file of [...(script.outputFiles ?? []), ...(style.outputFiles ?? [])]) {
    files.set(file.path.slice(join(process.cwd(), 'out').length + 1), file.contents);
  }
  return files;
}

export interface FixtureSite {
  readonly url: string;
  close(): Promise<void>;
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
};

/** Under the same content policy as in the editor. */
export async function serveFixturePage(files?: Map<string, Uint8Array>): Promise<FixtureSite> {
  const served = files ?? (await bundleFixturePage());
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]?.slice(1) || 'index.html';
    const body = path === 'index.html' ? html : served.get(path);
    response.setHeader('Content-Security-Policy', csp);
    response.setHeader('Content-Type', types[path.split('.').at(-1) ?? ''] ?? 'text/plain');
    response.statusCode = body ? 200 : 404;
    response.end(body ?? 'not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export type ThemeName = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

export function themeOptions(theme: ThemeName): BrowserContextOptions {
  const light = theme === 'light' || theme === 'high-contrast-light';
  return {
    colorScheme: light ? 'light' : 'dark',
    contrast: theme.startsWith('high-contrast') ? 'more' : 'no-preference',
  };
}

export interface ViewOptions {
  readonly session?: string;
  /** Of the session; `weather` unless told. */
  readonly servers?: readonly string[];
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
}

/** Opens the view and waits for its first rows (or the words in their place). */
export async function openView(
  browser: Browser,
  site: FixtureSite,
  options: ViewOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 860, height: options.height ?? 760 },
    ...themeOptions(options.theme ?? 'dark'),
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  const { session = 'design', servers = ['weather'] } = options;
  await page.goto(`${site.url}?session=${session}&servers=${servers}`);
  await page.waitForSelector('.rows .row:not(.row-waiting) .name, .notice:not([hidden]) h2');
  await untilPainted(page);
  return page;
}

/** Until what was asked of the page before is painted. */
export function untilPainted(page: Page): Promise<unknown> {
  return page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
}

/** Until the view has written down its state: a timer that is set later fires later. */
export function untilKept(page: Page): Promise<unknown> {
  return page.evaluate('new Promise((done) => setTimeout(done, 600))');
}
