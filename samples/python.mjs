// Runs a Python server in the virtual environment that setup.mjs made, wherever its interpreter
// is on this system.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const python = ['bin/python', 'Scripts/python.exe']
  .map((path) => join(here, '.venv', path))
  .find((path) => existsSync(path));
if (!python) {
  console.error(
    `The Python environment of the samples is missing (${join(here, '.venv')}). ` +
      'Install Python 3.10 or newer, then run: node setup.mjs',
  );
  process.exit(1);
}
const [script, ...args] = process.argv.slice(2);
const child = spawn(python, [join(here, script), ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
