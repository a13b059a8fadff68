/** From a double click on a row of the trace view to the cursor on the handler, in a real VS Code. */
import { join } from 'node:path';
import { root } from '../../scripts/ensure.mjs';
import { lineAfter } from '../vscode/rig/places.js';
import { Session } from '../vscode/rig/session.js';
import { copySamples } from '../vscode/rig/workspace.js';
import { type Figure, median } from './figure.js';
import { timeToLine, watchCursor } from './reveal/cursor.js';

const runs = 20;
const file = 'tickets/server.ts';
const traced = ['find_seats', 'refund'] as const;
/** Lines that the plain webview opens, so that the cursor moves each time. */
const plain = ['print_ticket', 'announce'] as const;

/** Both views stand in the same place, one behind the other, and take turns of so many clicks. */
const clicksInTurn = 5;
/** A view that comes to the front is loaded anew; how that goes is another figure (`view.open`). */
const loadMs = 1_500;
/** A fast hand: 100 ms between the two clicks. */
const handMs = 50;

/**
 * `reveal.latency`: the file is open already, and the second click comes with the first, so that
 * all the first one stirs up is in the way; `reveal.hand`: as a hand clicks; `reveal.first`: the
 * editor has to open. Baselines: a double click in a bare webview whose extension calls
 * `showTextDocument` with a line it knows.
 */
export default async function run(): Promise<Figure[]> {
  const plainFirst = await withSession(async (session) => {
    await showPlain(session);
    return openPlain(session, plain[0]);
  });
  return withSession(async (session) => {
    await makeCalls(session);
    const first = await openTraced(session, traced[0]);
    const times: number[] = [];
    const handTimes: number[] = [];
    const plainTimes: number[] = [];
    while (times.length < runs) {
      await session.probe.runCommand('spanpath.openTrace');
      await session.page.waitForTimeout(loadMs);
      for (const tool of alternate(traced)) times.push(await openTraced(session, tool));
      // The cursor stands on the first tool's handler now.
      for (const tool of traced.toReversed()) {
        handTimes.push(await openTraced(session, tool, handMs));
      }
      await showPlain(session);
      await session.page.waitForTimeout(loadMs);
      for (const tool of alternate(plain)) plainTimes.push(await openPlain(session, tool));
    }
    const own = { unit: 'ms', runs };
    const baseline = median(plainTimes);
    return [
      compare({ ...own, name: 'reveal.latency' }, median(times), baseline),
      compare({ ...own, name: 'reveal.hand', runs: handTimes.length }, median(handTimes), baseline),
      compare({ ...own, name: 'reveal.first', runs: 1 }, first, plainFirst),
    ];
  });
}

function compare(
  figure: Pick<Figure, 'name' | 'unit' | 'runs'>,
  value: number,
  baseline: number,
): Figure {
  return { ...figure, value, baseline, ratio: value / baseline };
}

function alternate<T>(pair: readonly [T, T]): T[] {
  return Array.from({ length: clicksInTurn }, (_, at) => (at % 2 ? pair[1] : pair[0]));
}

async function withSession<T>(use: (session: Session) => Promise<T>): Promise<T> {
  const session = await Session.open({
    workspace: copySamples(),
    extensions: [join(root, 'test/bench/reveal/plain')],
  });
  try {
    await watchCursor(session.page);
    return await use(session);
  } finally {
    await session.stop();
  }
}

async function makeCalls({ servers, form, traces }: Session): Promise<void> {
  await servers.open();
  await servers.start('tickets');
  for (const name of traced) {
    await servers.reveal(name);
    await form.openFrom(servers.row(name), name);
    await form.press('Call');
    await form.resultText();
  }
  await form.showInTrace();
  await traces.finishedRow(traced[0]);
}

async function openTraced(
  session: Session,
  tool: (typeof traced)[number],
  holdMs = 0,
): Promise<number> {
  const { page, traces } = session;
  const row = await traces.finishedRow(tool);
  const line = lineOfHandler(session, tool);
  return timeToLine(page, await traces.frame(), row.locator('.name'), line, holdMs);
}

async function showPlain(session: Session): Promise<void> {
  const lines = plain.map((tool) => lineOfHandler(session, tool));
  const target = { file: session.workspace.path(file), lines };
  await session.probe.runCommand('plainReveal.show', target);
}

async function openPlain(session: Session, tool: (typeof plain)[number]): Promise<number> {
  const line = lineOfHandler(session, tool);
  const frame = await session.workbench.webview('button.plain');
  return timeToLine(session.page, frame, frame.locator(`[data-line="${line}"]`), line);
}

function lineOfHandler({ workspace }: Session, tool: string): number {
  return lineAfter(workspace.path(file), `'${tool}'`, 'async (');
}
