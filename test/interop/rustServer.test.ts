import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { indexFolders } from '../../src/indexer/indexFolders.js';
import { grammarDir } from '../unit/indexer/corpus.js';
import { lineOf } from './support/hooks.js';
import { cacheDir } from './support/packages.js';
import { type TracedCall, traceCall } from './support/traced.js';

const folder = join(import.meta.dirname, 'servers/rust');

/** Built once for its lock file; some 45 s on two cores. Null, with a word, without a toolchain. */
function buildServer(): string | null {
  const hash = createHash('sha256');
  for (const name of ['Cargo.lock', 'Cargo.toml', 'src/main.rs'])
    hash.update(readFileSync(join(folder, name)));
  const target = join(cacheDir, `rust-${hash.digest('hex').slice(0, 16)}`);
  const program = join(target, 'debug/interop-rust');
  if (existsSync(program)) return program;
  const args = ['build', '--locked', '--target-dir', target];
  const built = spawnSync('cargo', args, { cwd: folder, encoding: 'utf8' });
  if (built.status === 0) return program;
  const problem = built.error?.message ?? built.stderr.trim().split('\n').slice(-5).join('\n');
  // A machine without Rust may skip this; one that fails to build it may not.
  if (!built.error || process.env.CI === 'true')
    throw new Error(`the Rust server could not be built: ${problem}`);
  console.warn(`interop: the Rust server is skipped: no Rust toolchain on this machine`);
  return null;
}

const program = buildServer();
let call: TracedCall | undefined;
afterAll(() => call?.stop());

/** The handler of a compiled server is known by the index of its source alone. */
describe.skipIf(program === null)('a Rust server (rmcp)', () => {
  it('is traced, and its handler found by its registration', async () => {
    call = await traceCall({
      command: [program ?? ''],
      cwd: folder,
      tool: 'greet',
      args: () => ({ name: 'Ada' }),
      settled: (rows) => rows.length === 1,
    });
    expect(call.answer).toMatchObject({ result: { content: [{ text: 'hi Ada' }] } });
    expect(call.rows).toHaveLength(1);
    expect(call.rows[0]).toMatchObject({ name: 'greet', layer: 'wire', outcome: 'ok' });
    expect(call.rows[0]?.duration).toBeGreaterThan(0);
    const file = join(folder, 'src/main.rs');
    expect(await indexFolders([folder], { grammarDir })).toEqual([
      expect.objectContaining({
        kind: 'tool',
        name: 'greet',
        file,
        line: lineOf(file, 'fn greet('),
      }),
    ]);
  });
});
