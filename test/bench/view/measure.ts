/** What is measured in a page: when something is to be seen, and how long its frames take. */
import type { Browser, Page } from 'playwright-core';

/** True in the page as soon as there is something to see. */
export const shownWhen = {
  spanpath: `document.querySelector('.rows .row:not(.row-waiting):not([hidden]) .name')?.textContent`,
  flameChart: 'globalThis.ready',
  speedscope: `document.querySelectorAll('canvas').length >= 2`,
} as const;

export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    bypassCSP: true,
  });
  return context.newPage();
}

export interface FrameTimes {
  readonly p95: number;
  readonly worst: number;
  readonly over50: number;
  readonly count: number;
}

/** Frames while `each` runs once in every one of them; the first ten are warming up. */
export async function frameTimes(
  page: Page,
  each: string,
  { frames = 180, forMs = Number.POSITIVE_INFINITY } = {},
): Promise<FrameTimes> {
  const count = Number.isFinite(forMs) ? Number.MAX_SAFE_INTEGER : frames;
  const times = (await page.evaluate(`(async () => {
    const target = document.querySelector('.scroller') ?? document.querySelector('canvas:last-of-type');
    const box = target.getBoundingClientRect();
    const wheel = (options) => target.dispatchEvent(new WheelEvent('wheel', {
      bubbles: true, cancelable: true, clientX: box.left + box.width * 0.75, clientY: box.top + box.height / 2, ...options,
    }));
    const times = [];
    let before = performance.now();
    const end = before + ${forMs};
    for (let frame = 0; frame < ${count} && before < end; frame++) {
      (${each})(frame, target, wheel);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      times.push(now - before);
      before = now;
    }
    return times.slice(10);
  })()`)) as number[];
  const sorted = [...times].sort((a, b) => a - b);
  return {
    p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
    worst: sorted.at(-1) ?? Number.NaN,
    over50: sorted.filter((time) => time > 50).length,
    count: sorted.length,
  };
}
