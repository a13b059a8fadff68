// Brings a fresh clone to the point where everything else can run: npm packages as the lock file
// says, nothing more. Plain Node ≥ 20, no dependency, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The Node that everything after installation runs on: the pinned one, not the machine's. */
export const pinnedNode = join(
  root,
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Installs what is missing; does nothing when the lock file was installed before. */
export function ensureInstalled() {
  const stamp = join(root, 'node_modules/.spanpath-installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing npm packages …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error('spanpath: npm ci failed; read its messages above, then try again');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/** Runs a script on the pinned Node with the installed binaries first on the PATH. */
export function runPinned(args, options = {}) {
  const path = [dirname(pinnedNode), join(root, 'node_modules/.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  );
  return spawnSync(pinnedNode, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    ...options,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
