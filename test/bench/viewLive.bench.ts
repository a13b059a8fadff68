import type { Page } from 'playwright-core';
import type { Figure } from './figure.js';
import { heapOf, openPage } from './view/figures.js';
import { frameTimes, shownWhen } from './view/measure.js';
import type { BenchSession } from './view/session.js';
import { withView } from './view/withView.js';

const minuteMs = 60_000;

/**
 * Frames while 5,000 spans a second arrive for a minute, on top of 100,000, with a row selected:
 * the selection, the row at the top and the size of the page must outlast it.
 */
export default () =>
  withView([100_000], async (browser, session): Promise<Figure[]> => {
    const page = await openPage(browser, session.ui, shownWhen.spanpath);
    await page.waitForTimeout(500);
    await page.mouse.click(200, 300);
    await page.waitForTimeout(500);
    const before = { ...(await placeOf(page)), heap: await heapOf(page) };
    const stream = streamTo(session);
    const times = await frameTimes(page, '() => {}', { forMs: minuteMs });
    const sent = await stream.stop();
    await page.waitForTimeout(1000);
    const after = { ...(await placeOf(page)), heap: await heapOf(page) };
    await page.context().close();
    if (after.selected !== before.selected || after.top !== before.top) {
      throw new Error(`the place was lost: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
    }
    const runs = times.count;
    return [
      { name: 'view.live.p95', unit: 'ms', value: times.p95, runs },
      { name: 'view.live.worst', unit: 'ms', value: times.worst, runs },
      { name: 'view.live.over50', unit: 'frames', value: times.over50, runs },
      { name: 'view.live.spansPerSecond', unit: '1/s', value: sent / (minuteMs / 1000), runs: 1 },
      {
        name: 'view.live.heap',
        unit: 'MB',
        value: after.heap,
        baseline: before.heap,
        ratio: after.heap / before.heap,
        runs: 1,
      },
    ];
  });

/** 500 spans ten times a second, by the clock. */
function streamTo(session: BenchSession): { stop(): Promise<number> } {
  let streaming = true;
  let sent = 0;
  const done = (async () => {
    const began = performance.now();
    while (streaming) {
      await session.add(500, 500);
      sent += 500;
      const dueMs = began + sent / 5;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    }
    return sent;
  })();
  return {
    stop: () => {
      streaming = false;
      return done;
    },
  };
}

async function placeOf(page: Page): Promise<{ selected: string; top: string }> {
  return (await page.evaluate(`(() => {
    const selected = document.querySelector('.row-selected');
    const box = document.querySelector('.rows').getBoundingClientRect();
    const rows = [...document.querySelectorAll('.rows-moved .row:not([hidden])')]
      .filter((row) => row.getBoundingClientRect().bottom > box.top + 1)
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    return { selected: selected?.textContent ?? '', top: rows[0]?.textContent ?? '' };
  })()`)) as { selected: string; top: string };
}
