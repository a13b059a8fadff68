import type { Browser } from 'playwright-core';
import { launchBrowser } from '../webview/page.js';
import { type Figure, median } from './figure.js';
import { frameTimes, newPage, shownWhen, timeToPaint } from './view/measure.js';
import { type PeerSite, servePeers } from './view/peers.js';
import { BenchSession } from './view/session.js';

const sizes = [1000, 10_000, 100_000, 1_000_000] as const;
/** Sizes at which the other viewers stand beside. */
const besides = new Set<number>([10_000, 100_000]);
const opens = 5;
const sweeps = 3;

/**
 * The view over a real collector, as its browser page shows it: from the start of the navigation
 * to the first painted rows, frames while it scrolls, zooms and spans stream in, and what it holds.
 */
export default async function run(): Promise<Figure[]> {
  const browser = await launchBrowser(['--enable-precise-memory-info']);
  const peers = await servePeers();
  const figures: Figure[] = [];
  try {
    for (const spans of sizes) {
      const session = await BenchSession.start();
      try {
        await session.add(spans);
        figures.push(...(await measureOpen(browser, session, peers, spans)));
        if (spans >= 100_000)
          figures.push(...(await measureFrames(browser, session, peers, spans)));
        if (spans === 1_000_000) figures.push(...(await measureHeap(browser, session)));
        if (spans === 100_000) figures.push(...(await measureLive(browser, session)));
      } finally {
        await session.stop();
      }
    }
  } finally {
    peers?.close();
    await browser.close();
  }
  return figures;
}

async function measureOpen(
  browser: Browser,
  session: BenchSession,
  peers: PeerSite | null,
  spans: number,
): Promise<Figure[]> {
  const ours: number[] = [];
  const flame: number[] = [];
  const speedscope: number[] = [];
  for (let round = 0; round < opens + 1; round++) {
    const own = await timeToPaint(browser, session.ui, shownWhen.spanpath);
    const beside = peers && besides.has(spans) ? peers : null;
    const theirs =
      beside && (await timeToPaint(browser, beside.flameChart(spans), shownWhen.flameChart));
    const others =
      beside && (round < 4 || spans < 100_000)
        ? await timeToPaint(browser, beside.speedscope(spans), shownWhen.speedscope)
        : null;
    // The first round warms everything up.
    if (round === 0) continue;
    ours.push(own);
    if (theirs !== null) flame.push(theirs);
    if (others !== null) speedscope.push(others);
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

async function measureFrames(
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
        value: median(own.map((one) => one.worst)),
        runs: sweeps,
      },
    );
  }
  return figures;
}

/** Frames while 5,000 spans a second arrive. */
async function measureLive(browser: Browser, session: BenchSession): Promise<Figure[]> {
  const p95: number[] = [];
  for (let round = 0; round < sweeps; round++) {
    const page = await openPage(browser, session.ui, shownWhen.spanpath);
    await page.waitForTimeout(500);
    let streaming = true;
    const stream = (async () => {
      while (streaming) {
        const before = performance.now();
        await session.add(500, 500);
        await new Promise((resolve) =>
          setTimeout(resolve, Math.max(0, 100 - (performance.now() - before))),
        );
      }
    })();
    p95.push((await frameTimes(page, '() => {}', 300)).p95);
    streaming = false;
    await stream;
    await page.context().close();
  }
  return [{ name: 'view.live.p95', unit: 'ms', value: median(p95), runs: sweeps }];
}

async function measureHeap(browser: Browser, session: BenchSession): Promise<Figure[]> {
  const page = await openPage(browser, session.ui, shownWhen.spanpath);
  await frameTimes(page, scroll, 120);
  await page.waitForTimeout(500);
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('HeapProfiler.collectGarbage');
  const { usedSize } = await inspector.send('Runtime.getHeapUsage');
  const nodes = Number(await page.evaluate(`document.querySelectorAll('*').length`));
  await page.context().close();
  return [
    { name: 'view.heap.1000000', unit: 'MB', value: usedSize / 1e6, runs: 1 },
    { name: 'view.nodes.1000000', unit: 'elements', value: nodes, runs: 1 },
  ];
}

async function openPage(browser: Browser, url: string, shown: string) {
  const page = await newPage(browser);
  await page.goto(url);
  await page.waitForFunction(shown, undefined, { timeout: 120_000 });
  return page;
}
