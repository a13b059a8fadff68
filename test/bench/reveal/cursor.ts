/** When the status bar came to name a line, seen from inside the page of a real VS Code. */
import type { Frame, Locator, Page } from 'playwright-core';

/** Lenses, colours and the details of the row are drawn after the cursor is there. */
const restMs = 300;

interface Marks {
  revealClick?: number;
  revealSeen?: { readonly time: number; readonly text: string }[];
}

/** Notes from now on what the status bar says of the cursor, with the time it came to say so. */
export async function watchCursor(page: Page): Promise<void> {
  await page.evaluate(() => {
    const marks = globalThis as unknown as Marks;
    const seen: { time: number; text: string }[] = [];
    marks.revealSeen = seen;
    const note = (): void => {
      const text = document.getElementById('status.editor.selection')?.textContent ?? '';
      if (text !== seen.at(-1)?.text) {
        seen.push({ time: performance.timeOrigin + performance.now(), text });
      }
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
}

/**
 * Milliseconds from the double click on `target` until the status bar names `line`. `holdMs` is how
 * long the button is held, and let go before the second press.
 */
export async function timeToLine(
  page: Page,
  frame: Frame,
  target: Locator,
  line: number,
  holdMs = 0,
): Promise<number> {
  await frame.evaluate(() => {
    const marks = globalThis as unknown as Marks;
    addEventListener(
      'dblclick',
      () => {
        marks.revealClick = performance.timeOrigin + performance.now();
      },
      { capture: true, once: true },
    );
  });
  await page.evaluate(() => {
    (globalThis as unknown as Marks).revealSeen?.splice(0);
  });
  // As for a hand, what the last one stirred up has come to rest.
  await page.waitForTimeout(restMs);
  await target.dblclick({ delay: holdMs });
  const text = `Ln ${line},`;
  await page.waitForFunction(
    (wanted) =>
      (globalThis as unknown as Marks).revealSeen?.some((one) => one.text.includes(wanted)),
    text,
  );
  const clicked = await frame.evaluate(() => (globalThis as unknown as Marks).revealClick ?? 0);
  const seen = await page.evaluate(
    (wanted) =>
      (globalThis as unknown as Marks).revealSeen?.find((one) => one.text.includes(wanted))?.time ??
      0,
    text,
  );
  return seen - clicked;
}
