import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEmitter } from './fakeVscode.js';

let save: (path: string) => Promise<void> = async () => {};
let watchers = 0;
let restarts = true;
vi.mock('vscode', async () => {
  class Disposable {
    constructor(readonly dispose: () => void) {}
    static from(...all: readonly { dispose(): void }[]) {
      return new Disposable(() => {
        for (const one of all) one.dispose();
      });
    }
  }
  return {
    ...(await import('./fakeVscode.js')),
    Disposable,
    workspace: {
      getConfiguration: () => ({ get: () => restarts }),
      createFileSystemWatcher: () => {
        watchers++;
        return {
          onDidCreate: () => ({ dispose() {} }),
          onDidChange: (listener: (uri: object) => Promise<void>) => {
            save = (fsPath) => listener({ fsPath });
            return { dispose() {} };
          },
          dispose: () => watchers--,
        };
      },
    },
    window: {
      createOutputChannel: () => ({ append() {}, appendLine() {}, show() {}, dispose() {} }),
    },
  };
});
const { Server, olderNote } = await import('../../../src/vscode/servers/server.js');
const { watchSources } = await import('../../../src/vscode/servers/watchSources.js');
type AnyServer = InstanceType<typeof Server>;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spanpath-sources-'));
  restarts = true;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Its clock is the file system's: `seconds` after the process began. */
function write(name: string, seconds: number, server: AnyServer): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  const at = (server.launchedAtMs ?? 0) / 1000 + seconds;
  utimesSync(path, at, at);
  return path;
}

async function runServer(change: object = {}, reported: string[] = []) {
  const config = {
    ...{ transport: 'stdio', name: 'weather', offset: 0, command: 'node', args: ['server.js'] },
    ...{ env: {}, cwd: null, envFile: null, watch: [] },
    ...change,
  };
  const none = async () => [];
  const connection = { listTools: none, listPrompts: none, listResources: none, close: none };
  const file = { uri: {}, folder: { uri: { fsPath: folder } } };
  const server = new Server('id', { file, config } as never, async (_, { onLaunch }) => {
    onLaunch();
    return connection as never;
  });
  const changed = new EventEmitter<AnyServer | undefined>();
  server.onDidChange((one) => changed.fire(one));
  const watching = watchSources(
    { all: [server], onDidChange: changed.event } as never,
    async () => new Set(reported.map((name) => join(folder, name))),
  );
  expect(watchers).toBe(0);
  await server.start();
  expect(watchers).toBe(1);
  return { server, stop: () => watching.dispose() };
}

describe('a server whose file is saved while it runs', () => {
  it('is older than that file until it is started again', async () => {
    const { server, stop } = await runServer();
    expect(olderNote(server)).toEqual([]);
    const path = write('server.js', 5, server);
    await save(path);
    expect(server.newerFile).toBe(path);
    expect(olderNote(server)).toEqual([
      'server.js was saved after “weather” started. Restart to run your edit.',
    ]);
    await server.restart();
    expect(server.newerFile).toBeNull();
    stop();
    expect(watchers).toBe(0);
  });

  it('is not when the file was saved before it started', async () => {
    const { server, stop } = await runServer();
    await save(write('server.js', -5, server));
    expect(server.newerFile).toBeNull();
    stop();
  });

  it('is when the running process found a tool in the file, wherever that lies', async () => {
    const { server, stop } = await runServer({ args: ['-m'], command: 'weather' }, ['tools.py']);
    await save(write('other.py', 5, server));
    expect(server.newerFile).toBeNull();
    const path = write('tools.py', 5, server);
    await save(path);
    expect(server.newerFile).toBe(path);
    stop();
  });

  it('is left to `dev.watch` where that restarts it', async () => {
    const { server, stop } = await runServer({ watch: ['*.js'] });
    await save(write('server.js', 5, server));
    expect(server.newerFile).toBeNull();
    restarts = false;
    await save(write('server.js', 5, server));
    expect(server.newerFile).not.toBeNull();
    stop();
  });
});
