/** What the benchmarks of the view measure, one function a kind of figure. */
import type { Browser, Page } from 'playwright-core';
import { type Figure, median } from '../figure.js';
import { BareBrowser } from './bareBrowser.js';
import { frameTimes, newPage, shownWhen } from './measure.js';
import type { PeerSite } from './peers.js';
import type { BenchSession } from './session.js';

/** Sizes at which the other viewers stand beside. */
const besides = new Set<number>([10_000, 100_000]);
const opens = 7;
const sweeps = 3;

/** From the start of the navigation to the frame after the first rows; beside other viewers. */
export async function measureOpen(
  _browser: Browser,
  session: BenchSession,
  peers: PeerSite | null,
  spans: number,
): Promise<Figure[]> {
  const bare = await BareBrowser.launch();
  const ours: number[] = [];
  const flame: number[] = [];
  const speedscope: number[] = [];
  const beside = peers && besides.has(spans) ? peers : null;
  try {
    for (let round = 0; round < opens + 1; round++) {
      const own = await bare.timeToPaint(session.ui, shownWhen.spanpath);
      // The first round warms everything up.
      if (round > 0) ours.push(own);
      if (!beside || round === 0) continue;
      flame.push(await bare.timeToPaint(beside.flameChart(spans), shownWhen.flameChart));
      // It takes more than a second of the largest: three times are enough.
      if (round > 3 && spans >= 100_000) continue;
      speedscope.push(await bare.timeToPaint(beside.speedscope(spans), shownWhen.speedscope));
    }
  } finally {
    await bare.close();
  }
  const name = `view.open.${spans}`;
  const value = median(ours);
  if (flame.length === 0) return [{ name, unit: 'ms', value, runs: ours.length }];
  return [
    besideOf(name, value, median(flame), ours.length),
    besideOf(`${name}.besideSpeedscope`, value, median(speedscope), speedscope.length),
  ];
}

function besideOf(name: string, value: number, baseline: number, runs: number): Figure {
  return { name, unit: 'ms', value, baseline, ratio: value / baseline, runs };
}

/** A fling through the rows, and zooming in and out around a place. */
const scroll = '(frame, target, wheel) => { if (wheel({ deltaY: 340 })) target.scrollTop += 340; }';
const zoom =
  '(frame, target, wheel) => wheel({ deltaY: Math.floor(frame / 30) % 2 ? 60 : -60, ctrlKey: true })';

export async function measureFrames(
  browser: Browser,
  session: BenchSession,
  peers: PeerSite | null,
  spans: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, each] of [
    ['scroll', scroll],
    ['zoom', zoom],
  ] as const) {
    const own: { p95: number; worst: number }[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < sweeps; round++) {
      const page = await openPage(browser, session.ui, shownWhen.spanpath);
      await page.evaluate(`(() => {
        const scroller = document.querySelector('.scroller');
        scroller.scrollTop = scroller.scrollHeight / 3;
      })()`);
      await page.waitForTimeout(600);
      own.push(await frameTimes(page, each));
      await page.context().close();
      if (!peers || spans !== 100_000) continue;
      const peer = await openPage(browser, peers.speedscope(spans), shownWhen.speedscope);
      await peer.waitForTimeout(600);
      theirs.push(
        (
          await frameTimes(
            peer,
            what === 'zoom' ? zoom : '(frame, target, wheel) => wheel({ deltaY: 40 })',
          )
        ).p95,
      );
      await peer.context().close();
    }
    const value = median(own.map((one) => one.p95));
    const name = `view.${what}.${spans}`;
    figures.push(
      theirs.length
        ? besideOf(`${name}.p95`, value, median(theirs), sweeps)
        : { name: `${name}.p95`, unit: 'ms', value, runs: sweeps },
      {
        name: `${name}.worst`,
        unit: 'ms',
        value: Math.max(...own.map((one) => one.worst)),
        runs: sweeps,
      },
    );
  }
  return figures;
}

/** What the page holds after it was scrolled through. */
export async function measureHeap(browser: Browser, session: BenchSession): Promise<Figure[]> {
  const page = await openPage(browser, session.ui, shownWhen.spanpath);
  await frameTimes(page, scroll, { frames: 120 });
  await page.waitForTimeout(500);
  const heap = await heapOf(page);
  const nodes = Number(await page.evaluate(`document.querySelectorAll('*').length`));
  await page.context().close();
  return [
    { name: 'view.heap.1000000', unit: 'MB', value: heap, runs: 1 },
    { name: 'view.nodes.1000000', unit: 'elements', value: nodes, runs: 1 },
  ];
}

/** MB of the page's script heap after a collection. */
export async function heapOf(page: Page): Promise<number> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('HeapProfiler.collectGarbage');
  const { usedSize } = await inspector.send('Runtime.getHeapUsage');
  await inspector.detach();
  return usedSize / 1e6;
}

export async function openPage(browser: Browser, url: string, shown: string): Promise<Page> {
  const page = await newPage(browser);
  await page.goto(url);
  await page.waitForFunction(shown, undefined, { timeout: 120_000 });
  return page;
}
