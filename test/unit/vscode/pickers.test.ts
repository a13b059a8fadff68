import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Server } from '../../../src/vscode/servers/server.js';
import type { Servers } from '../../../src/vscode/servers/servers.js';

/** What was said, and which button is pressed next. */
let told: string[] = [];
let presses: string[] = [];
let ran: string[] = [];
let shown: object[] = [];
let cancel: () => void = () => {};
const workspace = {
  workspaceFolders: [{ name: 'w' }] as object[] | undefined,
  isTrusted: true,
  asRelativePath: () => '.vscode/mcp.json',
};
const say = async (text: string) => {
  told.push(text);
  return presses.shift();
};
vi.mock('vscode', () => ({
  workspace,
  ProgressLocation: { Notification: 15 },
  commands: { executeCommand: async (id: string) => void ran.push(id) },
  window: {
    showInformationMessage: say,
    showErrorMessage: say,
    showQuickPick: async ([row]: readonly unknown[]) => row,
    withProgress: (options: object, run: (progress: object, token: object) => unknown) => {
      shown.push(options);
      const onCancellationRequested = (listener: () => void) => {
        cancel = listener;
      };
      return run({}, { onCancellationRequested });
    },
  },
}));
const { ensureRunning, pickOffered, pickServer } = await import(
  '../../../src/vscode/commands/pickers.js'
);

const fake = (kind: string, change: object = {}) =>
  ({
    ...{ name: 'weather', state: { kind }, file: {}, launched: Promise.resolve() },
    ...change,
  }) as unknown as Server;
const listOf = (all: readonly Server[], ready = Promise.resolve()) =>
  ({ all, ready }) as unknown as Servers;
const choice = {
  title: 'Stop',
  fits: ({ state }: Server) => state.kind === 'running',
  none: 'No server is running.',
};

beforeEach(() => {
  told = [];
  presses = [];
  ran = [];
  shown = [];
  workspace.workspaceFolders = [{ name: 'w' }];
  workspace.isTrusted = true;
});

describe('a command about a server', () => {
  it('asks for a folder where none is open, and opens one', async () => {
    workspace.workspaceFolders = undefined;
    presses = ['Open Folder'];
    expect(await pickServer(listOf([]), choice)).toBeUndefined();
    expect([told[0], ran]).toEqual([
      'Open a folder first: Spanpath reads its MCP servers and keeps its traces.',
      ['vscode.openFolder'],
    ]);
  });

  it('offers to add a server where none is configured', async () => {
    presses = ['Add a Server'];
    expect(await pickServer(listOf([]), choice)).toBeUndefined();
    expect([told, ran]).toEqual([['No MCP server is configured here.'], ['spanpath.addServer']]);
  });

  it('says in its own words that no server fits', async () => {
    expect(await pickServer(listOf([fake('stopped')]), choice)).toBeUndefined();
    expect(told).toEqual(['No server is running.']);
  });

  it('that comes before the configuration was read waits for it', async () => {
    const all: Server[] = [];
    const ready = Promise.resolve().then(() => void all.push(fake('running')));
    expect(await pickServer(listOf(all, ready), choice)).toBe(all[0]);
    expect(told).toEqual([]);
  });

  it('asks for trust before it asks for anything else', async () => {
    workspace.isTrusted = false;
    presses = ['Manage Workspace Trust'];
    const servers = listOf([fake('running')]);
    expect(await pickOffered(servers, 'tools', 'Call a tool')).toBeUndefined();
    expect([told, ran]).toEqual([
      ['Spanpath starts servers only in a trusted workspace.'],
      ['workbench.trust.manage'],
    ]);
  });
});

describe('a start', () => {
  it('that is quick shows in the view alone', async () => {
    const server = fake('stopped', {
      start: async () => {
        Object.assign(server, { state: { kind: 'running', offer: 'tools' } });
      },
    });
    expect(await ensureRunning(server)).toBe('tools');
    expect(shown).toEqual([
      { location: { viewId: 'spanpath.servers' }, title: 'Starting weather' },
    ]);
  });

  it('that takes long can be cancelled wherever the user is, and that is no failure', async () => {
    vi.useFakeTimers();
    let end = () => {};
    const server = fake('starting', {
      start: () => new Promise<void>((resolve) => (end = resolve)),
      stop: () => {
        Object.assign(server, { state: { kind: 'stopped' } });
        end();
      },
    });
    const running = ensureRunning(server);
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    expect(shown.at(-1)).toEqual({ location: 15, title: 'Starting weather', cancellable: true });
    cancel();
    expect(await running).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('that waits for an answer of the user is not told of as one that takes long', async () => {
    vi.useFakeTimers();
    let answered = () => {};
    let end = () => {};
    const server = fake('starting', {
      launched: new Promise<void>((resolve) => (answered = resolve)),
      start: () => new Promise<void>((resolve) => (end = resolve)),
    });
    const running = ensureRunning(server);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(shown).toHaveLength(1);
    answered();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(shown.at(-1)).toMatchObject({ location: 15, cancellable: true });
    vi.useRealTimers();
    Object.assign(server, { state: { kind: 'stopped' } });
    end();
    await running;
  });

  it('that fails says why', async () => {
    const server = fake('stopped', {
      start: async () => {
        Object.assign(server, { state: { kind: 'failed', reason: 'no such file' } });
      },
    });
    expect(await ensureRunning(server)).toBeUndefined();
    expect(told).toEqual(['“weather”: no such file']);
  });
});
