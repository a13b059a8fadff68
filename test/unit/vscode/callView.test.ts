import { describe, expect, it, vi } from 'vitest';
import type { SentCall } from '../../../src/vscode/call/callView.js';
import type { ToolInfo } from '../../../src/vscode/servers/connection.js';
import type { Server } from '../../../src/vscode/servers/server.js';
import { EventEmitter } from './fakeVscode.js';

vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  commands: { executeCommand: async () => undefined },
  Uri: { joinPath: () => ({}) },
}));
const { CallView } = await import('../../../src/vscode/call/callView.js');

const span = { traceId: 't', spanId: 's' };

/** The Call view with a page that answers nothing and keeps what it is told. */
function openView() {
  const followed: { call: SentCall; before: unknown }[] = [];
  const told: { event: string; payload: unknown }[] = [];
  const changed = new EventEmitter<Server | undefined>();
  const server = {
    ...{ id: 'id', name: 'weather', tracedName: 'weather', newerFile: null as string | null },
    state: {
      kind: 'running',
      offer: offerOf({ name: 'search' }),
      connection: undefined as unknown,
    },
  };
  server.state.connection = { callTool: async () => ({ content: [] }) };
  const listeners: ((message: object) => void)[] = [];
  const parts = {
    distDir: {},
    memory: { keep: async () => undefined, recall: () => null },
    ensureRunning: async () => true,
    restart: async () => {
      server.newerFile = null;
      return true;
    },
    onDidChangeServer: changed.event,
    findSpan: async () => span,
    followInTrace: async (call: SentCall, before: unknown) => followed.push({ call, before }),
    shared: {},
  };
  const view = new CallView(parts as never);
  const answers = new Map<number, (result: unknown) => void>();
  view.resolveWebviewView({
    webview: {
      cspSource: '',
      asWebviewUri: () => '',
      onDidReceiveMessage: (listener: (typeof listeners)[number]) => void listeners.push(listener),
      postMessage: (message: { rpc: string; id: number; event: string; result: unknown }) => {
        if (message.rpc === 'event') told.push(message as never);
        else answers.get(message.id)?.(message.result);
      },
    },
    onDidDispose: () => undefined,
    onDidChangeVisibility: () => ({ dispose() {} }),
  } as never);
  let id = 0;
  const ask = (method: string, params: unknown = null) =>
    new Promise((resolve) => {
      answers.set(++id, resolve);
      for (const listener of listeners) listener({ rpc: 'request', id, method, params });
    });
  return { view, ask, told, followed, changed, server };
}

function offerOf(...tools: ToolInfo[]) {
  return { tools, prompts: [], resources: [] };
}

async function showTool({ view, ask, server }: ReturnType<typeof openView>) {
  await ask('form/subject');
  await view.show(server as never, { kind: 'tool', tool: { name: 'search' } });
}

describe('the Call view', () => {
  it('shows the tool as the server offers it now, when an edit changed it', async () => {
    const opened = openView();
    await showTool(opened);
    const { told, changed, server } = opened;
    told.length = 0;
    changed.fire(server as never);
    expect(told.map(({ event }) => event)).toEqual(['form/older']);
    server.state.offer = offerOf({ name: 'search', description: 'Better' });
    changed.fire(server as never);
    expect(told.find(({ event }) => event === 'form/show')?.payload).toMatchObject({
      description: 'Better',
    });
  });

  it('tells when the process has become older than its file', async () => {
    const opened = openView();
    await showTool(opened);
    const { told, changed, server } = opened;
    server.newerFile = '/w/server.ts';
    changed.fire(server as never);
    expect(told.at(-1)?.payload).toEqual({
      note: 'server.ts was saved after “weather” started. Restart to run your edit.',
    });
  });

  it('lays the call after a restart beside the one before it', async () => {
    const opened = openView();
    await showTool(opened);
    const { ask, followed } = opened;
    await ask('form/call', { id: 'id/tool/search', arguments: '{}' });
    expect(followed).toEqual([]);
    expect(await ask('form/restart')).toBe(true);
    await ask('form/call', { id: 'id/tool/search', arguments: '{}' });
    expect(followed).toMatchObject([{ before: span, call: { server: 'weather', name: 'search' } }]);
    await ask('form/call', { id: 'id/tool/search', arguments: '{}' });
    expect(followed).toHaveLength(1);
  });
});
