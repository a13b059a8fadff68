import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = join(import.meta.dirname);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'spanpath-dev');

function folderOf(name: string, lockFile: string): string {
  const digest = createHash('sha256')
    .update(readFileSync(join(here, lockFile)))
    .digest('hex');
  return join(cache, `${name}-${digest.slice(0, 12)}`);
}

function cached(name: string, lockFile: string): string | null {
  const folder = folderOf(name, lockFile);
  return existsSync(join(folder, '.complete')) ? folder : null;
}

/** A place outside of the clone for what a lock file names; `make` fills it once. */
async function once(
  name: string,
  lockFile: string,
  make: (folder: string) => void | Promise<void>,
): Promise<string> {
  const known = cached(name, lockFile);
  if (known) return known;
  const folder = folderOf(name, lockFile);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  writeFileSync(join(folder, '.complete'), '');
  return folder;
}

function run(command: string, args: string[], cwd: string, env = process.env): void {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env });
  if (done.status === 0) return;
  const output = `${done.stdout}${done.stderr}${done.error ?? ''}`.slice(-2_000);
  throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

function has(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Folder with the JavaScript exporters. */
export function setUpNodeExporters(): Promise<string> {
  return once('js-exporters', 'package-lock.json', async (folder) => {
    for (const name of ['package.json', 'package-lock.json']) {
      await cp(join(here, name), join(folder, name));
    }
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  });
}

/** The Python with the exporters, or why there is none. */
export async function setUpPythonExporters(): Promise<{ python: string } | { reason: string }> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  if (!has('python3', '-c', check)) return { reason: 'Python 3.10 or newer is not here' };
  const folder = await once('python-exporters', 'requirements.txt', (made) => {
    run('python3', ['-m', 'venv', 'venv'], made);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement'];
    run(join(made, 'venv/bin/python'), [...pip, join(here, 'requirements.txt')], made);
  });
  return { python: join(folder, 'venv/bin/python') };
}

/** Go builds take minutes, once, so that only CI and who asks for them start them. */
function noGo(name: string, lockFile: string): { reason: string } | null {
  if (cached(name, lockFile)) return null;
  if (!has('go', 'version')) return { reason: 'Go is not here' };
  if (process.env.CI || process.env.SPANPATH_GO_TESTS) return null;
  return { reason: `${name} is not built yet; SPANPATH_GO_TESTS=1 builds it` };
}

/** The sender with the Go exporters, or why there is none. */
export async function setUpGoExporters(): Promise<{ binary: string } | { reason: string }> {
  const missing = noGo('go-exporters', 'go/go.sum');
  if (missing) return missing;
  try {
    const folder = await once('go-exporters', 'go/go.sum', (made) => {
      run('go', ['build', '-o', join(made, 'send'), '.'], join(here, 'go'));
    });
    return { binary: join(folder, 'send') };
  } catch (error) {
    return { reason: `the Go exporters could not be built: ${error}` };
  }
}

/**
 * A real OpenTelemetry Collector with an OTLP receiver and the file exporter, built from the Go
 * module proxy, or why there is none.
 */
export async function setUpOtelCollector(): Promise<{ binary: string } | { reason: string }> {
  const missing = noGo('otelcol', 'otelcol.yaml');
  if (missing) return missing;
  try {
    const folder = await once('otelcol', 'otelcol.yaml', (made) => {
      const config = readFileSync(join(here, 'otelcol.yaml'), 'utf8');
      const version = /version: (\S+)/.exec(config)?.[1];
      const env = { ...process.env, GOBIN: made, GOFLAGS: '-mod=mod' };
      run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${version}`], made, env);
      writeFileSync(join(made, 'otelcol.yaml'), config);
      run(join(made, 'builder'), ['--config', 'otelcol.yaml'], made, env);
      renameSync(join(made, 'built/otelcol'), join(made, 'otelcol'));
    });
    return { binary: join(folder, 'otelcol') };
  } catch (error) {
    return { reason: `the OpenTelemetry Collector could not be built: ${error}` };
  }
}

/** Runs a sender to its end; rejects with what it wrote when it failed. */
export function runSender(command: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}:\n${output}`));
    });
  });
}
