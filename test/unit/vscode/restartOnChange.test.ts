import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Server } from '../../../src/vscode/servers/server.js';
import { EventEmitter } from './fakeVscode.js';

interface Watcher {
  readonly glob: string;
  readonly change: () => void;
}
let watchers: Watcher[] = [];
let enabled = true;
vi.mock('vscode', () => {
  class Disposable {
    constructor(readonly dispose: () => void) {}
    static from(...all: readonly { dispose(): void }[]) {
      return new Disposable(() => {
        for (const one of all) one.dispose();
      });
    }
  }
  class RelativePattern {
    constructor(
      readonly folder: unknown,
      readonly glob: string,
    ) {}
  }
  const createFileSystemWatcher = ({ glob }: RelativePattern) => {
    let listener = () => {};
    const watcher = { glob, change: () => listener() };
    watchers.push(watcher);
    const listen = (to: () => void) => {
      listener = to;
      return { dispose() {} };
    };
    const dispose = () => {
      watchers = watchers.filter((one) => one !== watcher);
    };
    return { onDidChange: listen, onDidCreate: listen, dispose };
  };
  return {
    Disposable,
    RelativePattern,
    workspace: { createFileSystemWatcher, getConfiguration: () => ({ get: () => enabled }) },
  };
});
const { restartOnChange } = await import('../../../src/vscode/servers/restartOnChange.js');

/** A server that goes through its states as told; `outcome` is where the next start ends. */
class FakeServer {
  state = { kind: 'stopped' };
  config = { transport: 'stdio', watch: [`\${workspaceFolder}/src/**`] };
  readonly id = 'one';
  readonly file = { folder: {}, uri: {} };
  readonly log = { note() {} };
  outcome = 'running';
  starts = 0;

  constructor(private readonly changed: EventEmitter<Server | undefined>) {}

  become(kind: string): void {
    this.state = { kind };
    this.changed.fire(this as unknown as Server);
  }

  async restart(): Promise<void> {
    for (const kind of ['stopping', 'stopped', 'starting']) this.become(kind);
    this.starts++;
    this.become(this.outcome);
  }
}

let server: FakeServer;
let known: boolean;
const changed = new EventEmitter<Server | undefined>();
const change = async () => {
  watchers[0]?.change();
  watchers[0]?.change();
  await vi.advanceTimersByTimeAsync(400);
};

beforeEach(() => {
  vi.useFakeTimers();
  watchers = [];
  enabled = true;
  known = true;
  changed.dispose();
  server = new FakeServer(changed);
  restartOnChange({
    find: () => (known ? (server as unknown as Server) : undefined),
    onDidChange: changed.event as never,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a server whose files are watched', () => {
  it('is restarted once when they change while it runs, and not before it ran', async () => {
    server.become('starting');
    expect(watchers).toEqual([]);
    server.become('running');
    expect(watchers.map(({ glob }) => glob)).toEqual(['src/**']);
    await change();
    expect([server.starts, watchers.length]).toEqual([1, 1]);
  });

  it('that failed after a change is started by the next one', async () => {
    server.become('running');
    server.outcome = 'failed';
    await change();
    server.outcome = 'running';
    await change();
    expect([server.starts, server.state.kind]).toEqual([2, 'running']);
  });

  it('is left alone once it was stopped, is no longer configured, or the setting is off', async () => {
    server.become('running');
    enabled = false;
    await change();
    server.become('stopped');
    expect([server.starts, watchers]).toEqual([0, []]);
    server.become('running');
    known = false;
    changed.fire(undefined);
    expect(watchers).toEqual([]);
  });

  it('is watched by what its configuration says now', () => {
    server.become('running');
    server.config = { transport: 'stdio', watch: ['lib/**'] };
    server.become('running');
    expect(watchers.map(({ glob }) => glob)).toEqual(['lib/**']);
  });
});
