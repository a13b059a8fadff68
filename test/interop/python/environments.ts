/** Virtual environments of the Python tests, made on demand and kept outside of the repository. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const cache = join(
  process.env.SPANPATH_TEST_CACHE ?? join(homedir(), '.cache', 'spanpath-dev'),
  'python',
);
/** Makes environments many times faster than pip; comes from the same registry. */
const installer = 'uv==0.13.9';
const isWindows = process.platform === 'win32';

export interface Environment {
  readonly python: string;
  /** e.g. `3.11`. */
  readonly version: string;
  /** Where its commands are. */
  readonly bin: string;
}

/** A Python on this machine, newest of the wanted minor versions first, or null. */
export function findPython(minors: readonly number[] = [14, 13, 12, 11, 10]): string | null {
  const folders = [
    ...installedFolders(join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')),
    ...installedFolders(join(homedir(), '.local', 'share', 'uv', 'python')),
  ];
  const candidates = minors.flatMap((minor) => [
    ...folders.map((folder) => join(folder, 'bin', `python3.${minor}`)).filter(existsSync),
    `python3.${minor}`,
  ]);
  for (const candidate of [...candidates, 'python3', 'python']) {
    const minor = minorOf(candidate);
    if (minor !== null && minors.includes(minor)) return candidate;
  }
  return null;
}

/** Python is what `.ci/run` provides; elsewhere its tests are skipped. */
export function hasPython(): boolean {
  if (findPython() !== null) return true;
  if (process.env.CI === 'true') throw new Error('no Python 3.10 or newer on this machine');
  console.log('skipped: no Python 3.10 or newer on this machine');
  return false;
}

/** The environment of `requirements/NAME.txt`; installed when it is not there yet. */
export function prepareEnvironment(name: string, minors?: readonly number[]): Environment {
  const base = findPython(minors ?? [11, 12, 13, 10]);
  if (base === null) throw new Error('no Python of a wanted version');
  const file = join(here, 'requirements', `${name}.txt`);
  const minor = minorOf(base);
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-3.${minor}-${hash}`);
  const environment = describe(folder, `3.${minor}`);
  if (existsSync(join(folder, 'complete'))) return environment;
  rmSync(folder, { recursive: true, force: true });
  const uv = prepareInstaller();
  run(uv, ['venv', '--quiet', '--python', base, folder]);
  run(uv, ['pip', 'install', '--quiet', '--python', environment.python, '-r', file]);
  writeFileSync(join(folder, 'complete'), '');
  return environment;
}

/** The installer, itself in an environment of its own. */
export function prepareInstaller(): string {
  const folder = join(cache, installer.replace('==', '-'));
  const { bin, python } = describe(folder, '');
  const uv = join(bin, isWindows ? 'uv.exe' : 'uv');
  if (existsSync(uv)) return uv;
  mkdirSync(cache, { recursive: true });
  run(findPython() ?? 'python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', installer]);
  return uv;
}

function describe(folder: string, version: string): Environment {
  const bin = join(folder, isWindows ? 'Scripts' : 'bin');
  return { bin, version, python: join(bin, isWindows ? 'python.exe' : 'python') };
}

function installedFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => join(folder, name));
}

function minorOf(python: string): number | null {
  const { stdout } = spawnSync(python, ['-c', 'import sys; print(*sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const [major, minor] = (stdout ?? '').trim().split(' ').map(Number);
  return major === 3 && minor !== undefined ? minor : null;
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
