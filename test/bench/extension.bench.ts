import { join } from 'node:path';
import { root } from '../../scripts/ensure.mjs';
import { Session } from '../vscode/rig/session.js';
import { copySamples } from '../vscode/rig/workspace.js';
import { type Figure, median } from './figure.js';

const runs = 5;

/**
 * What "Developer: Startup Performance" of a real VS Code says of one extension, in ms: loading
 * its code, and calling activate().
 */
function readStats(report: string, extension: string): { load: number; call: number } {
  const row = report.split('\n').find((line) => line.includes(` ${extension} `));
  const cells = row?.split('|').map((cell) => cell.trim()) ?? [];
  // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
  const [load, call] = [Number(cells[3]), Number(cells[4])];
  if (!row || Number.isNaN(load)) throw new Error(`The report has no row for ${extension}`);
  return { load, call };
}

/** `extension.activate`: "Load Code" beside an empty extension in the same start of the editor. */
export default async function run(): Promise<Figure[]> {
  const loads: number[] = [];
  const empties: number[] = [];
  const calls: number[] = [];
  for (let index = 0; index < runs; index++) {
    const session = await Session.open({
      workspace: copySamples(),
      extensions: [join(root, 'test/bench/emptyExtension')],
    });
    try {
      const report = (await session.probe.performanceReport()) ?? '';
      const ours = readStats(report, 'spanpath.spanpath');
      loads.push(ours.load);
      calls.push(ours.call);
      empties.push(readStats(report, 'spanpath-tests.empty').load);
    } finally {
      await session.stop();
    }
  }
  const [value, baseline] = [median(loads), median(empties)];
  const own = { unit: 'ms', runs };
  return [
    { name: 'extension.activate', ...own, value, baseline, ratio: value / baseline },
    { name: 'extension.activate.call', ...own, value: median(calls) },
  ];
}
