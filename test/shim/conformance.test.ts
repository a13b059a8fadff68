import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { addressOf } from './httpSetup.js';
import { installNpm, packageFile } from './packages.js';
import { ShimProcess, serverPath, shimPath, temporaryDir } from './shimProcess.js';

const missing = installNpm();
const compiled = temporaryDir();

/** Every check of the public suite with its verdict. */
async function verdicts(url: string): Promise<string[]> {
  const output = temporaryDir();
  const suite = packageFile('@modelcontextprotocol', 'conformance', 'dist', 'index.js');
  try {
    await promisify(execFile)(process.execPath, [suite, 'server', '--url', url, '-o', output]);
  } catch {
    // A failed check is a verdict like any other.
  }
  return readdirSync(output)
    .flatMap((scenario) => {
      const checks = JSON.parse(readFileSync(join(output, scenario, 'checks.json'), 'utf8'));
      const name = scenario.replace(/-\d{4}-\d\d-\d\dT.*$/, '');
      return checks.map(
        (check: { id: string; status: string }) => `${name} ${check.id} ${check.status}`,
      );
    })
    .sort();
}

/** Starts a program that prints its URL; it ends with its input. */
async function start(...words: readonly string[]) {
  // A server is started for each of the suite's sessions.
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const stop = async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { url: String(line).trim(), stop };
}

const succeeded = (list: readonly string[]) =>
  list.filter((verdict) => verdict.endsWith('SUCCESS')).length;

describe.skipIf(missing !== null)('the public conformance suite', () => {
  it('gives a server the same verdicts with and without the shim', async () => {
    const server = await start(serverPath('conformance.mjs'));
    const direct = await verdicts(server.url);
    expect(succeeded(direct)).toBeGreaterThan(30);
    const shim = new ShimProcess(['--http', server.url]);
    expect(await verdicts(await addressOf(shim))).toEqual(direct);
    await shim.end();
    await server.stop();
  }, 300_000);

  it('gives a stdio server the same verdicts with and without the shim, behind a bridge', async () => {
    const server = [process.execPath, serverPath('conformance.mjs'), '--stdio'];
    const judged = async (...words: readonly string[]) => {
      const bridge = await start(serverPath('stdioBridge.mjs'), ...words);
      const all = await verdicts(bridge.url);
      await bridge.stop();
      return all;
    };
    const spool = ['--spool', temporaryDir()];
    const [direct, traced] = await Promise.all([
      judged(...server),
      judged(process.execPath, shimPath, ...spool, '--', ...server),
    ]);
    expect(succeeded(direct)).toBeGreaterThan(30);
    expect(traced).toEqual(direct);
  }, 600_000);
});
