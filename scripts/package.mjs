// Leaves spanpath-VERSION.vsix at the root: a production build, packed without node_modules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

/** Builds and packs; returns the path of the VSIX. Ends the process when a step fails. */
export function packageExtension() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vsix = join(root, `spanpath-${version}.vsix`);
  const vsce = 'node_modules/@vscode/vsce/vsce';
  const steps = [
    ['esbuild.mjs', '--production'],
    [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', vsix],
  ];
  for (const args of steps) {
    const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (done.status === 0) continue;
    console.error(`spanpath: ${args.join(' ')} failed\n${done.stdout}${done.stderr}`);
    process.exit(1);
  }
  return vsix;
}

if (process.argv[1] === import.meta.filename) console.log(packageExtension());
