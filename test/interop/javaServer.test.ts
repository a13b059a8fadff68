import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexFolders } from '../../src/indexer/indexFolders.js';
import { grammarDir } from '../unit/indexer/corpus.js';
import { lineOf } from './support/hooks.js';
import { cacheDir } from './support/packages.js';
import { drawRows, traceCall } from './support/traced.js';

const sources = join(import.meta.dirname, 'servers/java');
const read = (name: string): string => readFileSync(join(sources, name), 'utf8');

/** Name and SHA-256 of each jar in a folder, as `jars.sha256` has them. */
function listJars(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => {
      const digest = createHash('sha256').update(readFileSync(join(folder, name)));
      return `${digest.digest('hex')}  ${name}\n`;
    })
    .join('');
}

/**
 * A folder with the jars of `pom.xml`, each held to its checksum, and the compiled server: some
 * 13 s the first time. Null, with a word, without Java and Maven; what Maven reads from is its
 * user's to configure.
 */
function buildServer(): string | null {
  const hash = createHash('sha256');
  for (const name of ['pom.xml', 'jars.sha256', 'Server.java']) hash.update(read(name));
  const folder = join(cacheDir, `java-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  const problem =
    run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${made}`]) ??
    (listJars(made) === read('jars.sha256') ? null : 'the jars are not those of jars.sha256') ??
    run('javac', ['-nowarn', '-d', made, '-cp', join(made, '*'), 'Server.java']);
  if (problem === null) renameSync(made, folder);
  rmSync(made, { recursive: true, force: true });
  if (problem === null) return folder;
  // A machine without Java may skip this; one that fails to build it may not.
  if (problem !== missing || process.env.CI === 'true')
    throw new Error(`the Java server could not be built: ${problem}`);
  console.warn('interop: the Java server is skipped: no Java or Maven on this machine');
  return null;
}

const missing = 'not on this machine';

/** Null when it worked, else the last of what it said. */
function run(command: string, args: readonly string[]): string | null {
  const done = spawnSync(command, args, { cwd: sources, encoding: 'utf8' });
  if (done.error) return missing;
  if (done.status === 0) return null;
  return `${command}: ${(done.stderr || done.stdout).trim().split('\n').slice(-5).join('\n')}`;
}

const built = buildServer();
const folder = built ?? '';
const agent = readdirSync(built ?? sources).find((name) =>
  name.startsWith('opentelemetry-javaagent'),
);
const java = (options: readonly string[], args: readonly string[] = []): string[] => [
  'java',
  ...options,
  '-cp',
  `${folder}:${folder}/*`,
  'Server',
  ...args,
];

/** The handler of a Java server is known by the index of its source alone. */
describe.skipIf(built === null)('a Java server (official SDK)', () => {
  it('is traced without any OpenTelemetry, and its handlers are found by index', async () => {
    const call = await traceCall({
      command: java([]),
      cwd: sources,
      tool: 'greet',
      args: () => ({ name: 'Ada' }),
      settled: (rows) => rows.length === 1,
    });
    await call.stop();
    expect(call.answer).toMatchObject({ result: { content: [{ text: 'hi Ada' }] } });
    expect(call.rows[0]).toMatchObject({ name: 'greet', layer: 'wire', outcome: 'ok' });
    const file = join(sources, 'Server.java');
    const place = (name: string, text: string) =>
      expect.objectContaining({ kind: 'tool', name, file, line: lineOf(file, text) });
    expect(await indexFolders([sources], { grammarDir })).toEqual([
      place('look', '.callHandler((exchange'),
      place('greet', 'static CallToolResult greet('),
    ]);
  });

  it.each([
    {
      how: 'its own OpenTelemetry SDK',
      command: java([], ['sdk']),
      rows: ['wire look', '  internal look up'],
    },
    {
      how: 'the OpenTelemetry Java agent',
      command: java([
        // Of all that it instruments only what this server uses: it starts in a third of the time.
        '-Dotel.instrumentation.common.default-enabled=false',
        '-Dotel.instrumentation.opentelemetry-api.enabled=true',
        '-Dotel.instrumentation.java-http-client.enabled=true',
        '-XX:TieredStopAtLevel=1',
        `-javaagent:${join(folder, agent ?? '')}`,
      ]),
      rows: ['wire look', '  internal look up', '    internal GET http://127.0.0.1'],
    },
  ])('has one joined trace with $how, which nobody told where to send spans', async (given) => {
    const call = await traceCall({
      command: given.command,
      cwd: sources,
      // Spans go out at once instead of after five seconds.
      env: { OTEL_BSP_SCHEDULE_DELAY: '100' },
      tool: 'look',
      args: (endpoint) => ({ url: endpoint }),
      settled: (rows) => rows.length === given.rows.length,
    });
    await call.stop();
    expect(call.answer).toMatchObject({ result: { isError: false } });
    expect(drawRows(call.rows).map((row) => row.replace(/:\d+$/, ''))).toEqual(given.rows);
    expect(call.rows[0]).toMatchObject({ outcome: 'ok' });
  });
});
