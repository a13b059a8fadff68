import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mcp, requestOf, theTrace } from '../unit/core/trace/telling.js';
import { makeFolder } from './running.js';

const cli = resolve(process.env.SPANPATH_DIST ?? 'dist', 'cli.js');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spanpath(
  args: readonly string[],
  input = '',
  flags: readonly string[] = [],
): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, cli, ...args], {
    env: { ...process.env, SPANPATH_HOME: makeFolder() },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += String(data);
  });
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  child.stdin.end(input);
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

/** A store with three calls: 10, 300 and 500 ms, the last one in error. */
async function makeStore(): Promise<string> {
  const folder = makeFolder();
  const lines = [
    {
      id: 'a',
      duration: 10,
      attributes: mcp('search', { 'gen_ai.tool.call.arguments': '{"q":"Oslo"}' }),
    },
    { id: 'b', trace: 'b'.repeat(32), start: 20, duration: 300, attributes: mcp('search') },
    {
      id: 'c',
      trace: 'c'.repeat(32),
      start: 400,
      duration: 500,
      attributes: mcp('send\u001b]52;c;evil\u0007', { 'error.type': 'tool_error' }),
      status: 2 as const,
    },
  ].map((told) => JSON.stringify(requestOf({ kind: 3, scope: 'spanpath.shim', ...told })));
  const file = join(folder, 'traces.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const db = join(folder, 'traces.db');
  const ended = await spanpath(['import', '--db', db, file]);
  expect(ended.code).toBe(0);
  return db;
}

describe('the command line on a Node without SQLite', () => {
  it('says what it needs, and no stack', async () => {
    const older = join(makeFolder(), 'older.cjs');
    writeFileSync(older, "require('node:module').isBuiltin = () => false;");
    const { code, stderr } = await spanpath(['--help'], '', ['--require', older]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `spanpath: this needs Node 22.13 or newer, and runs on ${process.version}\n`,
    );
  });
});

describe('the command line', () => {
  it('exits 2 with a hint for a wrong line, 0 for help', async () => {
    expect(await spanpath([])).toMatchObject({ code: 2 });
    expect(await spanpath(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await spanpath(['dance'])).toMatchObject({
      code: 2,
      stderr: "spanpath: there is no command 'dance'; try spanpath --help\n",
    });
    const wrong = [
      ['list'],
      ['list', '--what'],
      ['show', '--db', 'x'],
      ['check', '--db', 'x'],
      ['run'],
      ['collect', '--port', 'x'],
      ['handlers'],
      ['__proto__'],
    ];
    const ended = await Promise.all(wrong.map((args) => spanpath(args)));
    for (const [place, { code, stderr }] of ended.entries()) {
      expect([wrong[place], code]).toEqual([wrong[place], 2]);
      expect(stderr).toMatch(/^spanpath: .+/);
    }
  });

  it('lists calls by query, as text and as JSON, without the terminal codes of a hostile name', async () => {
    const db = await makeStore();
    const all = await spanpath(['list', '--db', db]);
    expect(all.stdout.split('\n')).toHaveLength(4);
    expect(all.stdout).not.toContain('\u001b');
    const found = await spanpath([
      'list',
      '--db',
      db,
      '--query',
      'tool:search dur>100ms',
      '--json',
    ]);
    expect(JSON.parse(found.stdout)).toMatchObject([
      {
        name: 'search',
        traceId: 'b'.repeat(32),
        durationNanos: 300e6,
        outcome: 'ok',
        server: 'weather',
      },
    ]);
    expect(await spanpath(['list', '--db', db, '--query', 'nix:1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nix'),
    });
  });

  it('shows one trace by the start of its id', async () => {
    const db = await makeStore();
    const { stdout } = await spanpath(['show', '--db', db, theTrace.slice(0, 6)]);
    expect(stdout).toMatch(/10 ms\s+weather\s+search {2}\{ q: "Oslo" \}\s+ok/);
    const json = JSON.parse((await spanpath(['show', '--db', db, 'bbbb', '--json'])).stdout);
    expect(json).toMatchObject({ traceId: 'b'.repeat(32), rows: [{ duration: 300e6 }] });
    expect(await spanpath(['show', '--db', db, 'dead'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no trace begins'),
    });
  });

  it('holds calls against rules', async () => {
    const db = await makeStore();
    expect(
      await spanpath([
        'check',
        '--db',
        db,
        'p95(tool:search) < 400ms',
        'errors(tool:search) == 0',
        'calls() == 3',
      ]),
    ).toMatchObject({ code: 0 });
    const failed = await spanpath([
      'check',
      '--db',
      db,
      'max(tool:search) < 100ms',
      'error_rate() <= 10%',
      'p50(tool:none) < 1s',
    ]);
    expect(failed.code).toBe(1);
    expect(failed.stdout.match(/^FAIL/gm)).toHaveLength(3);
    expect(await spanpath(['check', '--db', db, 'p95(tool:search) < soon'])).toMatchObject({
      code: 2,
    });
  });

  it('runs a server with its exit code and its bytes', async () => {
    const folder = makeFolder();
    const db = join(folder, 'run.db');
    const server =
      "process.stdin.on('data', d => { for (const l of String(d).trim().split('\\n')) { const m = JSON.parse(l); console.log(JSON.stringify({jsonrpc:'2.0',id:m.id,result:{ok:true}})); } }); process.stdin.on('end', () => process.exit(7));";
    const ended = await spanpath(
      ['run', '--db', db, '--name', 'tiny', '--', process.execPath, '-e', server],
      '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
    );
    expect([ended.code, ended.stdout]).toEqual([
      7,
      '{"jsonrpc":"2.0","id":1,"result":{"ok":true}}\n',
    ]);
    expect(ended.stderr).toMatch(/the view is at http:\/\/127\.0\.0\.1:\d+\/ui\/\?token=/);
    const listed = await spanpath(['list', '--db', db, '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { server: 'tiny', method: 'ping', outcome: 'ok' },
    ]);
  });

  it('says on its first line where it listens, serves the view, and ends on SIGINT', async () => {
    const child = spawn(process.execPath, [cli, 'collect'], {
      env: { ...process.env, SPANPATH_HOME: makeFolder() },
    });
    const line = await new Promise<string>((done) =>
      child.stdout.once('data', (data) => done(String(data))),
    );
    const told = JSON.parse(line) as { otlp: string; token: string; ui: string; db: null };
    expect(told).toMatchObject({ db: null, grpc: null });
    expect(told.ui).toBe(`${told.otlp}/ui/?token=${told.token}`);
    const page = await fetch(told.ui);
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    child.kill('SIGINT');
    expect(await new Promise((done) => child.once('exit', done))).toBe(0);
  });

  it('finds handlers in source', async () => {
    const { code, stdout } = await spanpath(['handlers', '--json', 'samples/weather/server.ts']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ kind: 'tool', name: 'plan_day' }),
    );
  });
});
