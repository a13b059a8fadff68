// Leaves spanpath-VERSION.vsix at the root: a production build, packed without node_modules.
import { spawnSync } from 'node:child_process';

const steps = [
  [process.execPath, 'esbuild.mjs', '--production'],
  [
    process.execPath,
    'node_modules/@vscode/vsce/vsce',
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
  ],
];
for (const [command, ...args] of steps) {
  const done = spawnSync(command, args, { stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
