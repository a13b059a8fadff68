import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  workspace: { workspaceFolders: ['/one', '/two'].map((fsPath) => ({ uri: { fsPath } })) },
}));
const { CollectorClient } = await import('../../../src/vscode/collector/collectorClient.js');

/** A worker that speaks Rpc, notes what it was given, and dies when it is told to clear. */
const worker = (notes: string) => `
const { appendFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
appendFileSync(${JSON.stringify(notes)}, JSON.stringify(workerData) + '\\n');
parentPort.postMessage({ type: 'ready', endpoint: 'http://127.0.0.1:' + (workerData.port ?? 4100) });
parentPort.on('message', ({ id, method }) => {
  if (method === 'session/clear') process.exit(7);
  if (method === 'span/details') return parentPort.postMessage({ rpc: 'failure', id, message: 'no' });
  parentPort.postMessage({ rpc: 'event', event: 'collector/problem', payload: { message: 'p' } });
  parentPort.postMessage({ rpc: 'response', id, result: null });
  if (method === 'collector/stop') parentPort.close();
});`;

let folder: string;
let client: InstanceType<typeof CollectorClient>;
const output = { info: () => {}, debug: () => {}, error: () => {} };
const given = () =>
  readFileSync(join(folder, 'notes'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { token: string; port?: number; dbPath: string | null });

function create(text: string) {
  writeFileSync(join(folder, 'worker.cjs'), text);
  const outlets = () => ({ httpPort: null, grpcPort: null, forward: [] });
  const path = join(folder, 'worker.cjs');
  client = new CollectorClient(path, join(folder, 'deep/traces.db'), output as never, outlets);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-client-'));
});
afterEach(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the collector as the editor sees it', () => {
  it('starts with the first request, once', async () => {
    create(worker(join(folder, 'notes')));
    expect(client.state.kind).toBe('off');
    await Promise.all([client.start(), client.start(), client.request('findings/list', null)]);
    expect(client.state).toEqual({ kind: 'on', endpoint: 'http://127.0.0.1:4100' });
    expect(given()).toHaveLength(1);
    expect(given()[0]).toMatchObject({
      dbPath: join(folder, 'deep/traces.db'),
      workspace: '/one',
      folders: ['/two'],
    });
  });

  it('passes answers, errors and events on', async () => {
    create(worker(join(folder, 'notes')));
    const heard: string[] = [];
    client.on('collector/problem', ({ message }) => heard.push(message));
    expect(await client.request('findings/list', null)).toBeNull();
    await expect(client.request('span/details', { traceId: '1', spanId: '2' })).rejects.toThrow(
      'no',
    );
    expect(heard).toEqual(['p']);
  });

  it('is started again after a crash, on the same port and with the same token', async () => {
    create(worker(join(folder, 'notes')));
    await client.start();
    const states: string[] = [];
    const back = new Promise<void>((resolve) => {
      client.onDidChangeState(({ kind }) => {
        states.push(kind);
        if (kind === 'on') resolve();
      });
    });
    await expect(client.request('session/clear', null)).rejects.toThrow('stopped');
    await back;
    expect(states).toEqual(['failed', 'starting', 'on']);
    const [first, second] = given();
    expect(second?.token).toBe(first?.token);
    expect(second?.port).toBe(4100);
    expect(await client.request('findings/list', null)).toBeNull();
  });

  it('says why it does not start, and tries again when it is asked again', async () => {
    create('throw new Error("no room");');
    await expect(client.start()).rejects.toThrow('no room');
    expect(client.state).toMatchObject({ kind: 'failed', reason: 'no room' });
    writeFileSync(join(folder, 'worker.cjs'), worker(join(folder, 'notes')));
    await client.start();
    expect(client.state.kind).toBe('on');
  });

  it('answers nothing any more once it was stopped', async () => {
    create(worker(join(folder, 'notes')));
    await client.start();
    await client.stop();
    await expect(client.request('findings/list', null)).rejects.toThrow();
  });
});
