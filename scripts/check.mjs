// Types, lint and format, each as CI wants them; prints every problem, then fails once.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { setUpNode } from '../samples/setup.mjs';

const projects = globSync('{src,src/*,webview,test}/tsconfig.json');
if (setUpNode().ok) projects.push('samples/tsconfig.json');
const steps = [
  ...projects.map((project) => ['types', 'node_modules/.bin/tsc', '-p', project]),
  ['lint and format', 'node_modules/.bin/biome', 'check', '--error-on-warnings', '.'],
  ['layers', 'node_modules/.bin/vitest', 'run', '--project', 'unit', 'test/unit/layers.test.ts'],
];
let failed = 0;
for (const [what, command, ...args] of steps) {
  const done = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.status === 0) continue;
  failed++;
  console.error(`✗ ${what}: ${args.join(' ')}\n${done.stdout}${done.stderr}`);
}
console.log(
  failed
    ? `check: ${failed} of ${steps.length} steps failed`
    : `check: ${steps.length} steps passed`,
);
process.exitCode = failed ? 1 : 0;
