import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serviceOf } from '../../src/collector/grpc/services.js';
import { encodeTold, mcp, requestOf, theTrace } from '../unit/core/trace/telling.js';
import { makeFolder, post } from './running.js';
import { runTarget, until } from './targets.js';

const dist = resolve(process.env.SPANPATH_DIST ?? 'dist');
const told = { id: 'a', kind: 3, attributes: mcp('search'), scope: 'spanpath.shim' };
const other = { ...told, id: 'b', trace: 'f'.repeat(32), attributes: mcp('fetch') };

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(dist, 'cli.js'), ...args], {
    env: { ...process.env, SPANPATH_HOME: makeFolder(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function spanpath(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args);
  const ended = { code: -1, stdout: '', stderr: '' };
  child.stdout!.on('data', (data) => (ended.stdout += String(data)));
  child.stderr!.on('data', (data) => (ended.stderr += String(data)));
  ended.code = await new Promise((done) => child.once('close', done));
  return ended;
}

async function collect(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ otlp: string; grpc: string | null; token: string; errors: () => string }> {
  const child = start(['collect', ...args], env);
  let errors = '';
  child.stderr!.on('data', (data) => {
    errors += String(data);
  });
  const gone = new Promise((done) => child.once('close', done));
  onTestFinished(async () => {
    child.kill();
    await gone;
  });
  const line = await new Promise<string>((done) =>
    createInterface({ input: child.stdout! }).once('line', done),
  );
  return { ...JSON.parse(line), errors: () => errors };
}

function exportBy(grpc: string, token: string): Promise<unknown> {
  const client = new Client(new URL(grpc).host, credentials.createInsecure());
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const asIs = (bytes: Buffer): Buffer => bytes;
  const body = Buffer.from(encodeTold(told));
  const { path } = serviceOf('traces').Export!;
  return new Promise((done) => {
    client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error) => done(error));
  });
}

describe('spanpath import and export', () => {
  it.each(['otlp-json', 'jsonl', 'chrome', 'html'])('write %s', async (format) => {
    const folder = makeFolder();
    const file = join(folder, 'in.jsonl');
    const db = join(folder, 'traces.db');
    writeFileSync(
      file,
      `${JSON.stringify(requestOf(told))}\n${JSON.stringify(requestOf(other))}\n`,
    );
    expect((await spanpath('import', '--db', db, file)).code).toBe(0);
    const path = join(folder, 'out');
    const toFile = await spanpath('export', '--db', db, '--format', format, '-o', path);
    expect(toFile).toMatchObject({ code: 0, stdout: '', stderr: `${path}: 2 spans\n` });
    const toStdout = await spanpath('export', '--db', db, '--format', format);
    expect(toStdout.stdout).toBe(readFileSync(path, 'utf8'));
    const one = await spanpath('export', '--db', db, '--format', format, '--trace', theTrace);
    expect([one.stdout.includes('search'), one.stdout.includes(other.trace)]).toEqual([
      true,
      false,
    ]);
  });

  it('say what is wrong', async () => {
    const db = join(makeFolder(), 'traces.db');
    const format = ['--format', 'jsonl'];
    expect(await spanpath('export', '--db', db, ...format)).toMatchObject({
      code: 1,
      stderr: `spanpath: there is no file of traces at ${db}\n`,
    });
    expect(existsSync(db)).toBe(false);
    expect((await spanpath('export', '--db', db)).code).toBe(2);
    expect((await spanpath('export', ...format)).code).toBe(2);
    const none = await spanpath('import', '--db', db, join(db, 'none.json'));
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('spanpath: ')]);
    expect((await spanpath('export', '--db', db, ...format, '--query', '(')).code).toBe(2);
    const unknown = await spanpath('export', '--db', db, ...format, '--trace', 'f'.repeat(32));
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no trace'),
    });
  });
});

describe('spanpath collect', () => {
  it('takes gRPC when it is asked to, and reads its library only then', async () => {
    for (const bundle of ['cli.js', 'collector.js']) {
      const text = readFileSync(join(dist, bundle), 'utf8');
      expect(text).not.toContain('Http2SubchannelConnector');
      expect(text).toContain('./grpc/server.js');
    }
    const { grpc, token } = await collect(['--grpc-port', '0']);
    expect(await exportBy(grpc!, token)).toBeNull();
    expect((await collect([])).grpc).toBeNull();
  });

  it('goes on beside a port that is taken, and says so', async () => {
    const first = await collect(['--grpc-port', '0']);
    const ports = [first.otlp, first.grpc!].map((address) => new URL(address).port);
    const second = await collect(['--port', ports[0]!, '--grpc-port', ports[1]!]);
    expect(second.otlp).not.toBe(first.otlp);
    expect(second.grpc).not.toBe(first.grpc);
    await until(() => second.errors().split('\n').length > 2);
    expect(second.errors()).toMatch(/port \d+ is taken by another program; listening on http/);
    expect(second.errors()).toMatch(/port \d+ is taken by another program; gRPC is on port \d+/);
  });

  it('forwards, with headers that stand in no command line', async () => {
    const { url, arrivals } = await runTarget();
    const { otlp, token } = await collect(['--forward', url, '--forward-header', 'x-tenant=one'], {
      SPANPATH_FORWARD_HEADERS: 'authorization=Basic%20abc',
    });
    const headers = { Authorization: `Bearer ${token}` };
    await post({ endpoint: otlp }, encodeTold(told), { headers });
    await until(() => arrivals.length === 1);
    expect(arrivals[0]!.headers).toMatchObject({ authorization: 'Basic abc', 'x-tenant': 'one' });
  });

  it('says when a target does not take what it is sent', async () => {
    const { otlp, token, errors } = await collect(['--forward', 'http://127.0.0.1:9']);
    const headers = { Authorization: `Bearer ${token}` };
    await post({ endpoint: otlp }, encodeTold(told), { headers });
    await until(() => errors().includes('\n'));
    expect(errors()).toMatch(/^spanpath: forwarding to http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/);
  });

  it.each([
    ['--forward', 'ftp://x'],
    ['--forward', 'http://x', '--forward-header', 'no header'],
    ['--grpc-port', '99999'],
  ])('refuses %s %s', async (...args) => {
    expect((await spanpath('collect', ...args)).code).toBe(2);
  });
});
