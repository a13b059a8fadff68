import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.js';

/** Sizes of what users download and of what the trace view loads. Bars: 4 MB and 200 KB. */
export default async function run(): Promise<Figure[]> {
  const dist = process.env.SPANPATH_DIST ?? 'dist';
  const [vsix] = globSync('spanpath-*.vsix');
  if (!vsix) throw new Error('There is no VSIX to weigh: npm run package');
  return [
    { name: 'vsix.bytes', unit: 'B', value: statSync(vsix).size, baseline: 4_000_000, runs: 1 },
    {
      name: 'webview.bytes',
      unit: 'B',
      value: ['main.js', 'controls.js']
        .map((file) => statSync(join(dist, 'webview', file)).size)
        .reduce((sum, size) => sum + size),
      baseline: 200_000,
      runs: 1,
    },
  ].map((figure) => ({ ...figure, ratio: figure.value / figure.baseline }));
}
