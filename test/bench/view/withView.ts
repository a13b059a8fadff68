import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../webview/page.js';
import type { Figure } from '../figure.js';
import { type PeerSite, servePeers } from './peers.js';
import { BenchSession } from './session.js';

/** A browser, the pages of other viewers, and for each size a collector with as many spans. */
export async function withView(
  sizes: readonly number[],
  measure: (
    browser: Browser,
    session: BenchSession,
    peers: PeerSite | null,
    spans: number,
  ) => Promise<Figure[]>,
): Promise<Figure[]> {
  const browser = await launchBrowser(['--enable-precise-memory-info']);
  const peers = await servePeers();
  const figures: Figure[] = [];
  try {
    for (const spans of sizes) {
      const session = await BenchSession.start();
      try {
        await session.add(spans);
        figures.push(...(await measure(browser, session, peers, spans)));
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
