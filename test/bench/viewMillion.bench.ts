import { measureFrames, measureHeap, measureOpen } from './view/figures.js';
import { withView } from './view/withView.js';

/** A session of a million spans: opening it, moving through it, and what the page holds. */
export default () =>
  withView([1_000_000], async (browser, session, peers, spans) => [
    ...(await measureOpen(browser, session, peers, spans)),
    ...(await measureFrames(browser, session, peers, spans)),
    ...(await measureHeap(browser, session)),
  ]);
