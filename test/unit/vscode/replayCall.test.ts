import { beforeEach, describe, expect, it, vi } from 'vitest';

let told: string[] = [];
let press: string | undefined;
vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  workspace: { isTrusted: true },
  window: {
    withProgress: (_: object, run: () => unknown) => run(),
    showInformationMessage: async (text: string, ...buttons: string[]) => {
      told.push(text);
      return buttons.find((button) => button === press);
    },
  },
}));
const { replayCall } = await import('../../../src/vscode/commands/replayCall.js');

const span = { traceId: 't', spanId: 's' };
const recorded = {
  row: { name: 'search', server: 'weather' },
  attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'search' },
  argumentsText: '{"city":"Oslo"}',
  wire: [],
};

/** A busy machine is slow, which is no failure. */
const patience = { timeout: 20_000 };

function setUp(newerFile: string | null) {
  const shown: object[] = [];
  let restarts = 0;
  const server = {
    ...{ name: 'weather', newerFile, launched: Promise.resolve() },
    state: { kind: 'running', offer: { tools: [{ name: 'search' }], prompts: [], resources: [] } },
    approve: async () => true,
    stop: async () => {
      restarts++;
      Object.assign(server, { newerFile: null });
    },
  };
  const parts = {
    collector: { request: async () => recorded },
    servers: { named: () => server },
    callView: { show: async (...[, , options]: [unknown, unknown, object]) => shown.push(options) },
  };
  return { shown, restarts: () => restarts, run: () => replayCall(parts as never, span) };
}

beforeEach(() => {
  told = [];
  press = undefined;
});

describe('a replay', () => {
  it('sends the recorded arguments, and the trace view follows the new call', async () => {
    const { shown, run } = setUp(null);
    await run();
    expect(shown).toEqual([
      { argumentsText: '{"city":"Oslo"}', callNow: true, follow: { before: null } },
    ]);
    expect(told).toEqual([]);
  });

  it('by a process that is older than its file says so', async () => {
    const { shown, run, restarts } = setUp('/w/server.ts');
    await run();
    expect(told).toEqual([
      'server.ts was saved after “weather” started. Restart to run your edit.',
    ]);
    expect([shown.length, restarts()]).toEqual([1, 0]);
  });

  it('restarts by one press, replays, and lays both calls side by side', async () => {
    press = 'Restart and Replay';
    const { shown, run, restarts } = setUp('/w/server.ts');
    await run();
    await vi.waitFor(() => expect(shown).toHaveLength(2), patience);
    expect(restarts()).toBe(1);
    expect(shown[1]).toMatchObject({ callNow: true, follow: { before: span } });
    expect(told).toHaveLength(1);
  });
});
