/** Spans that arrive while the view is open, and what of the view must outlast them. */
import type { Page } from 'playwright-core';
import type { BenchSession } from './session.js';

/** 500 spans ten times a second, by the clock, until it is stopped; answers how many were sent. */
export function streamTo(session: BenchSession): { stop(): Promise<number> } {
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

export interface Place {
  /** Index and words of the selected row. */
  readonly selected: string;
  /** The same of the row at the top, and how far above the edge it begins, px. */
  readonly top: string;
}

export async function placeOf(page: Page): Promise<Place> {
  return (await page.evaluate(`(() => {
    const said = (row) => row ? row.getAttribute('aria-rowindex') + ' ' + row.textContent : '';
    const edge = document.querySelector('.rows').getBoundingClientRect().top;
    const rows = [...document.querySelectorAll('.rows-moved .row:not([hidden])')]
      .map((row) => ({ row, box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > edge + 1)
      .sort((a, b) => a.box.top - b.box.top);
    const top = said(rows[0]?.row) + ' ' + Math.round(edge - (rows[0]?.box.top ?? 0));
    return { selected: said(document.querySelector('.rows-moved .row-selected')), top };
  })()`)) as Place;
}
