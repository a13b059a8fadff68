import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexFolders } from '../../src/indexer/indexFolders.js';
import { grammarDir } from '../unit/indexer/corpus.js';
import { lineOf } from './support/hooks.js';
import { drawRows, traceCall } from './support/traced.js';

const sources = join(import.meta.dirname, 'servers/go');

function hasGo(): boolean {
  if (spawnSync('go', ['version']).status === 0) return true;
  if (process.env.CI === 'true') throw new Error('no Go toolchain on this machine');
  console.log('skipped: no Go toolchain on this machine');
  return false;
}

let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'spanpath-go-'));
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

const ownSpans = {
  // Its own OpenTelemetry, which no code of it tells where to send spans.
  sdk: ['wire greet', '  internal look up Ada'],
  mcpgo: ['wire greet'],
};

/** The handler of a compiled server is known by the index of its source alone. */
describe.skipIf(!hasGo()).each(['sdk', 'mcpgo'] as const)('a Go server (%s)', (name) => {
  it('is traced, its own spans joined, and its handler found by its registration', async () => {
    const folder = join(sources, name);
    const program = join(bin, name);
    const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: folder, encoding: 'utf8' });
    expect(built.stderr).not.toContain('error');
    expect(built.status).toBe(0);
    const call = await traceCall({
      command: [program],
      cwd: folder,
      tool: 'greet',
      args: () => ({ name: 'Ada' }),
      settled: (rows) => rows.length === ownSpans[name].length,
    });
    await call.stop();
    expect(call.answer).toMatchObject({ result: { content: [{ text: 'hi Ada' }] } });
    expect(drawRows(call.rows)).toEqual(ownSpans[name]);
    expect(call.rows[0]).toMatchObject({ name: 'greet', layer: 'wire', outcome: 'ok' });
    const file = join(folder, 'main.go');
    const places = await indexFolders([folder], { grammarDir });
    expect(places).toEqual([
      expect.objectContaining({
        kind: 'tool',
        name: 'greet',
        file,
        line: lineOf(file, 'func greet('),
      }),
    ]);
  });
});
