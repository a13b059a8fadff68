import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useSite } from './site.js';

/** `SPANPATH_PICTURES=write` makes them anew; look at them before they are committed. */
const writing = process.env.SPANPATH_PICTURES === 'write';
const folder = join(import.meta.dirname, 'pictures');
const madeWith = join(folder, 'madeWith.json');
/** Letters are drawn a little differently from run to run. */
const mostDifferent = 0.002;
const mostLooks = 10;

const site = useSite();
let sameLetters = true;

/** Pictures can only be held against each other where letters are drawn by the same font. */
async function readLetters(): Promise<string> {
  const page = await site.open({ session: 'still' });
  const widths = await page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d');
    if (!context) return '';
    return ['system-ui', 'ui-monospace, Consolas, "DejaVu Sans Mono", monospace']
      .map((font) => {
        context.font = `40px ${font}`;
        return context.measureText('Handgloves 0123 {} → µs').width.toFixed(2);
      })
      .join(' ');
  });
  await page.context().close();
  return `${site.browser.version().split('.')[0]} ${widths}`;
}

beforeAll(async () => {
  const letters = await readLetters();
  if (writing) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(madeWith, `{ "letters": ${JSON.stringify(letters)} }\n`);
  } else {
    const { letters: known } = JSON.parse(readFileSync(madeWith, 'utf8')) as { letters: string };
    sameLetters = letters === known;
    if (!sameLetters) {
      console.log(
        `pictures: skipped, they were made with another browser or font (${known}, here ${letters})`,
      );
    }
  }
});

async function select(page: Page): Promise<void> {
  await page.locator('.scroller').focus();
  await page.keyboard.press('e');
  await page.locator('.stack').waitFor();
  await page.locator('.snippet').waitFor();
}

async function openPane(page: Page, name: string, part: string): Promise<void> {
  await page.locator('.toolbar vscode-button[aria-label="More actions"]').click();
  await page.locator('[role=menuitem]', { hasText: name }).click();
  await page.locator(part).first().waitFor();
}

const pictures: readonly [
  name: string,
  options: Parameters<typeof site.open>[0],
  prepare: (page: Page) => Promise<void>,
][] = [
  ['dark', { theme: 'dark' }, select],
  ['light', { theme: 'light' }, select],
  ['high-contrast', { theme: 'high-contrast' }, select],
  ['high-contrast-light', { theme: 'high-contrast-light' }, select],
  ['narrow', { theme: 'dark', width: 360, height: 720 }, select],
  ['wide', { theme: 'light', width: 2200, height: 900 }, select],
  ['empty', { theme: 'light', session: 'empty' }, async () => {}],
  ['statistics', { theme: 'dark' }, (page) => openPane(page, 'Statistics', '.statistics-table')],
  ['findings', { theme: 'light' }, (page) => openPane(page, 'Findings', '.finding')],
];

describe('the view looks as it did', () => {
  it.each(pictures)('%s', async (name, options, prepare) => {
    if (!sameLetters) return;
    const page = await site.open({ session: 'still', ...options });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await prepare(page);
    await page.mouse.move(0, 0);
    const file = join(folder, `${name}.png`);
    if (!writing) expect(existsSync(file)).toBe(true);
    for (let look = 1; ; look++) {
      await page.waitForTimeout(500);
      const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
      if (writing) writeFileSync(file, picture);
      const { pixels, most, difference } = compare(readFileSync(file), picture);
      if (pixels <= most) break;
      // On a slow machine not everything is painted yet.
      if (look < mostLooks) continue;
      mkdirSync('out/pictures', { recursive: true });
      writeFileSync(`out/pictures/${name}.now.png`, picture);
      writeFileSync(`out/pictures/${name}.difference.png`, difference);
      expect(pixels, `out/pictures/${name}.difference.png`).toBeLessThanOrEqual(most);
    }
    await page.context().close();
  });
});

function compare(before: Buffer, now: Buffer) {
  const [kept, taken] = [PNG.sync.read(before), PNG.sync.read(now)];
  const { width, height } = taken;
  expect([width, height]).toEqual([kept.width, kept.height]);
  const difference = new PNG({ width, height });
  const pixels = pixelmatch(kept.data, taken.data, difference.data, width, height, {
    threshold: 0.15,
  });
  return {
    pixels,
    most: width * height * mostDifferent,
    difference: PNG.sync.write(difference),
  };
}
