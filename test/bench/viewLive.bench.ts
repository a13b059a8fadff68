import type { Figure } from './figure.js';
import { heapOf, openPage } from './view/figures.js';
import { frameTimes, shownWhen } from './view/measure.js';
import { placeOf, streamTo } from './view/stream.js';
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
