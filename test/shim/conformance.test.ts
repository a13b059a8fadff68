import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installNpm, packageFile } from './packages.js';
import { ShimProcess, serverPath, temporaryDir, until } from './shimProcess.js';

const missing = installNpm();

/** Every check of the public suite with its verdict. */
function verdicts(url: string): string[] {
  const output = temporaryDir();
  const suite = packageFile('@modelcontextprotocol', 'conformance', 'dist', 'index.js');
  try {
    execFileSync(process.execPath, [suite, 'server', '--url', url, '-o', output], {
      stdio: 'ignore',
    });
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

describe('the public conformance suite', () => {
  it.skipIf(missing !== null)(
    'gives a server the same verdicts with and without the shim',
    async () => {
      const server = spawn(process.execPath, [serverPath('conformance.mjs')]);
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const url = String(line).trim();
      const direct = verdicts(url);
      expect(direct.filter((verdict) => verdict.endsWith('SUCCESS')).length).toBeGreaterThan(30);
      const shim = new ShimProcess(['--http', url]);
      await until(() => shim.stderr.includes('\n'));
      const own = /http:\S+/.exec(shim.stderr)?.[0] ?? '';
      expect(verdicts(own)).toEqual(direct);
      await shim.end();
      server.kill();
    },
  );
});
