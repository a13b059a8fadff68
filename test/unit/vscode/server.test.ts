import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StdioServerConfig } from '../../../src/core/mcp/config.js';
import type { Connection, Exit } from '../../../src/vscode/servers/connection.js';

const answers: (string | undefined)[] = [];
const asked: string[] = [];
vi.mock('vscode', async () => {
  const channel = { append() {}, appendLine() {}, show() {}, dispose() {} };
  return {
    ...(await import('./fakeVscode.js')),
    window: {
      createOutputChannel: () => channel,
      showWarningMessage: async (_: string, { detail }: { detail: string }) => {
        asked.push(detail);
        return answers.shift();
      },
    },
  };
});
const { Server, StartCancelled } = await import('../../../src/vscode/servers/server.js');
const { Approvals } = await import('../../../src/vscode/servers/approval.js');

const config: StdioServerConfig = {
  transport: 'stdio',
  name: 'weather',
  offset: 0,
  command: 'node',
  args: ['server.js'],
  env: {},
  cwd: null,
  envFile: null,
  watch: [],
};
type Connect = ConstructorParameters<typeof Server>[2];

/** A busy machine is slow, which is no failure. */
const patience = { timeout: 20_000 };

function create(connect: Connect, given: StdioServerConfig = config) {
  const server = new Server('id', { file: {} as never, config: given }, connect);
  const states: string[] = [];
  server.onDidChange(({ state }) => states.push(state.kind));
  return { server, states };
}

function connection(change: Partial<Connection> = {}): Connection {
  return {
    serverVersion: '1',
    instructions: '',
    listTools: async () => [{ name: 'search' }],
    listPrompts: async () => [],
    listResources: async () => [],
    callTool: async () => ({}),
    getPrompt: async () => ({}),
    readResource: async () => ({}),
    close: async () => {},
    ...change,
  };
}

describe('a server', () => {
  it('starts, lists what it offers, and stops', async () => {
    const { server, states } = create(async () => connection());
    await server.start();
    expect(server.state).toMatchObject({ kind: 'running', offer: { tools: [{ name: 'search' }] } });
    await server.stop();
    expect(states).toEqual(['starting', 'running', 'stopping', 'stopped']);
  });

  it('that is starting is waited for by whoever starts it again', async () => {
    let answer: (connection: Connection) => void = () => {};
    const { server, states } = create(() => new Promise((resolve) => (answer = resolve)));
    const both = Promise.all([server.start(), server.start()]);
    answer(connection());
    await both;
    expect(server.state.kind).toBe('running');
    expect(states).toEqual(['starting', 'running']);
  });

  it('is asked about before a restart ends what runs', async () => {
    let starts = 0;
    let mayStart = false;
    const server = new Server(
      'id',
      { file: {} as never, config },
      async () => {
        starts++;
        return connection();
      },
      async () => mayStart,
    );
    await server.start();
    await server.restart();
    expect([server.state.kind, starts]).toEqual(['running', 1]);
    mayStart = true;
    await server.restart();
    expect([server.state.kind, starts]).toEqual(['running', 2]);
  });

  it('tells when it waits for nothing but the process', async () => {
    let launch = () => {};
    let answer: (connection: Connection) => void = () => {};
    const { server } = create((_, hooks) => {
      launch = hooks.onLaunch;
      return new Promise((resolve) => (answer = resolve));
    });
    const told: string[] = [];
    const started = server.start();
    const launched = server.launched.then(() => told.push('launched'));
    await Promise.resolve();
    expect(told).toEqual([]);
    launch();
    await launched;
    answer(connection());
    await started;
    expect(told).toEqual(['launched']);
  });

  it('runs although one of its lists fails', async () => {
    const refuse = async () => {
      throw new Error('not today');
    };
    const { server } = create(async () => connection({ listPrompts: refuse }));
    await server.start();
    expect(server.state).toMatchObject({ kind: 'running', offer: { prompts: [] } });
  });

  it('fails with what it wrote before it exited', async () => {
    const { server } = create(async (_, hooks) => {
      hooks.onStderr('Error: the key is ');
      hooks.onStderr('missing\n    at main\n');
      hooks.onExit({ code: 3, signal: null });
      throw new Error('Connection closed');
    });
    await server.start();
    expect(server.state).toEqual({
      kind: 'failed',
      reason: 'The server exited with code 3: Error: the key is missing',
    });
  });

  it('fails when it exits while it runs, and can be started again', async () => {
    let exit: (exit: Exit) => void = () => {};
    const { server, states } = create(async (_, hooks) => {
      exit = hooks.onExit;
      return connection();
    });
    await server.start();
    exit({ code: null, signal: 'SIGKILL' });
    expect(server.state).toEqual({ kind: 'failed', reason: 'The server was ended by SIGKILL' });
    await server.start();
    exit({ code: 1, signal: null });
    expect(states).toEqual(['starting', 'running', 'failed', 'starting', 'running', 'failed']);
  });

  it('that never answers is stopped, its process too, and comes to nothing later', async () => {
    let seen: AbortSignal | undefined;
    const { server, states } = create(
      (_, __, signal) =>
        new Promise((___, reject) => {
          seen = signal;
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    const starting = server.start();
    await server.stop();
    await starting;
    expect(seen?.aborted).toBe(true);
    expect(states).toEqual(['starting', 'stopped']);
  });

  it('whose connection comes after it was stopped is closed at once', async () => {
    const close = vi.fn(async () => {});
    let arrive: (connection: Connection) => void = () => {};
    const { server } = create(() => new Promise((resolve) => (arrive = resolve)));
    const starting = server.start();
    await server.stop();
    arrive(connection({ close }));
    await starting;
    expect(close).toHaveBeenCalledOnce();
    expect(server.state.kind).toBe('stopped');
  });

  it('that the user did not want to start after all is stopped, not failed', async () => {
    const { server } = create(async () => {
      throw new StartCancelled('no');
    });
    await server.start();
    expect(server.state.kind).toBe('stopped');
  });

  it('reads its lists again when they change', async () => {
    let changed = () => {};
    const tools = [{ name: 'one' }];
    const { server } = create(async (_, hooks) => {
      changed = hooks.onListChanged;
      return connection({ listTools: async () => [...tools] });
    });
    await server.start();
    tools.push({ name: 'two' });
    changed();
    await vi.waitFor(
      () =>
        expect(server.state).toMatchObject({
          offer: { tools: [{ name: 'one' }, { name: 'two' }] },
        }),
      patience,
    );
  });
});

describe('an approval', () => {
  const memory = new Map<string, unknown>();
  const state = {
    get: (key: string, fallback: unknown) => memory.get(key) ?? fallback,
    update: async (key: string, value: unknown) => void memory.set(key, value),
  };
  const approvals = () => new Approvals(state as never);
  beforeEach(() => {
    memory.clear();
    asked.length = 0;
    answers.length = 0;
  });

  it('is given by the first start, and holds while nothing changes', async () => {
    const { server } = create(async () => connection());
    expect(await approvals().ask(server)).toBe(true);
    expect(await approvals().ask(server)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is asked for again when the command changes, with the whole of it', async () => {
    const { server } = create(async () => connection());
    await approvals().ask(server);
    const changed = { ...config, args: ['server.js', '&& curl evil'] };
    const { server: other } = create(async () => connection(), changed);
    answers.push(undefined);
    expect(await approvals().ask(other)).toBe(false);
    expect(asked[0]).toContain('node server.js "&& curl evil"');
    answers.push('Start');
    expect(await approvals().ask(other)).toBe(true);
    expect(await approvals().ask(other)).toBe(true);
    expect(asked).toHaveLength(2);
  });
});
