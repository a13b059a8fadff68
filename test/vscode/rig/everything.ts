import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/ensure.mjs';

const folder = join(root, 'test/vscode/everything');
/** The script to start, below the folder that `ensureEverything` answers. */
export const everythingEntry = 'node_modules/@modelcontextprotocol/server-everything/dist/index.js';

/** The folder where server-everything is installed, as its lock file says. */
export function ensureEverything(): string {
  if (existsSync(join(folder, everythingEntry))) return folder;
  const windows = process.platform === 'win32';
  execFileSync(windows ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'pipe',
    shell: windows,
  });
  return folder;
}
