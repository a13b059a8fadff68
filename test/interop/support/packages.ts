import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const packagesDir = join(import.meta.dirname, '../packages');
/** Outside the repository: what tests install and build on demand. */
export const cacheDir =
  process.env.SPANPATH_INTEROP_CACHE ?? join(homedir(), '.cache/spanpath-interop');
const serversDir = join(import.meta.dirname, '../servers');

/**
 * A folder with the packages of `packages/NAME` installed as their lock file says and the server
 * sources beside them; null, with a printed reason, where that cannot be had on this machine.
 */
export function installNodePackages(name: string): string | null {
  return install(name, 'package-lock.json', (folder) => {
    cpSync(join(packagesDir, name), folder, { recursive: true });
    return run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
  });
}

/** Puts a server's source beside installed packages and returns its path. */
export function placeServer(folder: string, file: string): string {
  const to = join(folder, file);
  cpSync(join(serversDir, file), to);
  return to;
}

function install(
  name: string,
  lock: string,
  fill: (folder: string) => string | null,
): string | null {
  const stamp = createHash('sha256')
    .update(readFileSync(join(packagesDir, name, lock)))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheDir, `${name}-${stamp}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  const problem = fill(folder);
  if (problem === null) return folder;
  rmSync(folder, { recursive: true, force: true });
  return report(name, problem);
}

function report(name: string, problem: string): null {
  console.warn(`interop: ${name} is skipped: ${problem}`);
  if (process.env.CI === 'true')
    throw new Error(`interop: ${name} could not be installed: ${problem}`);
  return null;
}

/** Null when it worked, else the last of what it said. */
function run(command: string, args: readonly string[], cwd: string): string | null {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (done.status === 0) return null;
  return `${command}: ${done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? 'failed'}`;
}
