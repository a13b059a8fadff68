/** Real servers from the registries, pinned by lock files and installed when a test first asks. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const npmDir = resolve('test/shim/packages/npm');
/** `python`: the newest SDK and what stands on it; `pythonFirst`: the last of the first line. */
export type PythonPackages = 'python' | 'pythonFirst';
const pythonDir = (packages: PythonPackages) => resolve('test/shim/packages', packages);

/** The file of a package in the npm folder. */
export const packageFile = (...parts: readonly string[]) => join(npmDir, 'node_modules', ...parts);
export const pythonProgram = (name: string, packages: PythonPackages = 'python') =>
  join(pythonDir(packages), '.venv', process.platform === 'win32' ? 'Scripts' : 'bin', name);

/** Null when everything is there; else why it is not. On CI that is a failure. */
export function installNpm(): string | null {
  return install(join(npmDir, 'package-lock.json'), join(npmDir, 'node_modules'), () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], npmDir),
  );
}

export function installPython(packages: PythonPackages = 'python'): string | null {
  const folder = pythonDir(packages);
  const venv = join(folder, '.venv');
  return install(join(folder, 'requirements.txt'), venv, () => {
    const python = process.platform === 'win32' ? 'python' : 'python3';
    return (
      run(python, ['-m', 'venv', '--clear', venv], folder) ??
      run(
        pythonProgram('pip', packages),
        ['install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'],
        folder,
      )
    );
  });
}

/** `lock` decides what belongs into `folder`; a mark in there says what it was made from. */
function install(lock: string, folder: string, make: () => string | null): string | null {
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const mark = join(folder, '.made-from');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return null;
  const problem = make();
  if (problem !== null) {
    if (process.env.CI === 'true') throw new Error(problem);
    console.log(`spanpath: skipped: ${problem}`);
    return problem;
  }
  writeFileSync(mark, wanted);
  return null;
}

function run(command: string, args: readonly string[], cwd: string): string | null {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (done.error) return `${command} is not there: ${done.error.message}`;
  return done.status === 0 ? null : `${command} ${args[0]} failed: ${done.stderr.slice(-300)}`;
}
