// `npm run screenshots`: the pictures of README.md, taken of the real thing into media/readme/.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForNode } from './bundle.mjs';
import { root } from './ensure.mjs';
import { packageExtension } from './package.mjs';

if (!process.argv.includes('--no-build')) packageExtension();
const folder = join(root, 'media/readme');
const bundle = join(root, 'out/screenshots.mjs');
mkdirSync(folder, { recursive: true });
await bundleForNode(
  `import { takePictures } from './test/vscode/rig/takePictures.js';
  await takePictures(process.argv[2]);
  process.exit(0);`,
  bundle,
);
const args = ['--enable-source-maps', bundle, folder];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
