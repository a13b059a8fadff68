// Builds dist/ (esbuild.mjs). `--production` minifies and leaves the source maps out.
import { spawnSync } from 'node:child_process';

const done = spawnSync(process.execPath, ['esbuild.mjs', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = done.status ?? 1;
