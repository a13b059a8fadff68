/** From a double click on a row of the trace view to the cursor on the handler, in a real VS Code. */
import type { Page } from 'playwright-core';
import { lineAfter } from '../vscode/rig/places.js';
import { Session } from '../vscode/rig/session.js';
import { copySamples } from '../vscode/rig/workspace.js';
import { type Figure, median } from './figure.js';

const runs = 20;
const file = 'tickets/server.ts';
const tools = [
  { name: 'find_seats', from: "'find_seats'", at: 'async ({ show })' },
  { name: 'refund', from: "'refund'", at: 'async (' },
] as const;

interface Marks {
  revealClick?: number;
  revealSeen?: { readonly time: number; readonly text: string }[];
}

/** `reveal.latency`: the file is open already; `reveal.first`: its editor has to open. */
export default async function run(): Promise<Figure[]> {
  const session = await Session.open({ workspace: copySamples() });
  try {
    const { servers, form, page, workspace } = session;
    await servers.open();
    await servers.start('tickets');
    for (const { name } of tools) {
      await servers.reveal(name);
      await servers.row(name).click();
      await form.waitForTool(name);
      await form.press('Call');
      await form.resultText();
    }
    await form.showInTrace();
    await watchCursor(page);
    const lines = tools.map(({ from, at }) => lineAfter(workspace.path(file), from, at));
    const times: number[] = [];
    for (let at = 0; at <= runs; at++) {
      const { name } = tools[at % 2] ?? tools[0];
      times.push(await reveal(session, name, lines[at % 2] ?? 0));
    }
    const [first = 0, ...later] = times;
    return [
      { name: 'reveal.latency', unit: 'ms', value: median(later), runs },
      { name: 'reveal.first', unit: 'ms', value: first, runs: 1 },
    ];
  } finally {
    await session.stop();
  }
}

/** What the status bar says of the cursor, with the time at which it came to say so. */
async function watchCursor(page: Page): Promise<void> {
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

async function reveal(session: Session, tool: string, line: number): Promise<number> {
  const { page, traces } = session;
  const row = await traces.finishedRow(tool);
  const frame = await traces.frame();
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
  await row.locator('.name').dblclick();
  await page.waitForFunction(
    (text) => (globalThis as unknown as Marks).revealSeen?.some((one) => one.text.includes(text)),
    `Ln ${line},`,
  );
  const clicked = await frame.evaluate(() => (globalThis as unknown as Marks).revealClick ?? 0);
  const seen = await page.evaluate(
    (text) =>
      (globalThis as unknown as Marks).revealSeen?.find((one) => one.text.includes(text))?.time ??
      0,
    `Ln ${line},`,
  );
  return seen - clicked;
}
