// Installs what the samples need: npm packages as the lock file says, and a Python environment
// as requirements.txt says. Does nothing when both are there. Plain Node ≥ 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const windows = process.platform === 'win32';

function run(command, args, shell = false) {
  return spawnSync(command, args, {
    cwd: here,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell,
  });
}

/** Runs `install` unless it ran before for the same lock file; true when all is in place. */
function installOnce(lockFile, stampFile, install) {
  const stamp = join(here, stampFile);
  const wanted = createHash('sha256')
    .update(readFileSync(join(here, lockFile)))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { ok: true, reason: '' };
  const reason = install();
  if (reason) return { ok: false, reason };
  writeFileSync(stamp, wanted);
  return { ok: true, reason: '' };
}

/** npm packages of the TypeScript samples. */
export function setUpNode() {
  return installOnce('package-lock.json', 'node_modules/.installed', () => {
    console.log('Installing the npm packages of the samples …');
    // No install scripts: esbuild's only checks a binary that a package has already brought.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const done = run(windows ? 'npm.cmd' : 'npm', args, windows);
    return done.status === 0 ? '' : `npm ci failed in samples:\n${done.stderr}`;
  });
}

/** The interpreter to make the environment with: the newest name first. */
function findPython() {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  for (const command of windows ? ['py', 'python'] : ['python3', 'python']) {
    if (run(command, ['-c', check]).status === 0) return command;
  }
  return null;
}

/** The virtual environment of the Python samples. */
export function setUpPython() {
  return installOnce('requirements.txt', '.venv/.installed', () => {
    const python = findPython();
    if (!python) return 'Python 3.10 or newer with venv and pip was not found';
    console.log('Making the Python environment of the samples …');
    rmSync(join(here, '.venv'), { recursive: true, force: true });
    const steps = [
      [python, '-m', 'venv', '.venv'],
      [
        join(here, '.venv', windows ? 'Scripts/python.exe' : 'bin/python'),
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
        ...['--requirement', 'requirements.txt'],
      ],
    ];
    for (const [command, ...args] of steps) {
      const done = run(command, args);
      if (done.status !== 0) return `${args.join(' ')} failed:\n${done.stdout}${done.stderr}`;
    }
    return '';
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { ok, reason } of [setUpNode(), setUpPython()]) {
    if (ok) continue;
    console.error(`spanpath: ${reason}`);
    process.exitCode = 1;
  }
}
