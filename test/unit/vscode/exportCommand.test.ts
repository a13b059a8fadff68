import { beforeEach, describe, expect, it, vi } from 'vitest';

let told: string[] = [];
let ran: unknown[] = [];
let picked = '';
let spans = 12;
const target = { fsPath: '/w/traces.html' };
const env = {
  remoteName: undefined as string | undefined,
  openExternal: async (uri: unknown) => void ran.push(['browser', uri]),
};
const workspace = {
  workspaceFolders: undefined,
  getWorkspaceFolder: (): object | undefined => ({ name: 'w' }),
};
const registered = new Map<string, () => Promise<void>>();
vi.mock('vscode', () => ({
  env,
  workspace,
  ProgressLocation: { Notification: 15 },
  commands: {
    registerCommand: (id: string, run: () => Promise<void>) => void registered.set(id, run),
    executeCommand: async (...words: unknown[]) => void ran.push(words),
  },
  window: {
    showQuickPick: async (rows: readonly { format: string }[]) =>
      rows.find(({ format }) => format === picked),
    showSaveDialog: async () => target,
    withProgress: (_: object, run: (progress: object, token: object) => unknown) =>
      run({}, { onCancellationRequested: () => ({ dispose() {} }) }),
    showInformationMessage: async (text: string, ...buttons: string[]) => {
      told.push([text, ...buttons].join(' | '));
      return buttons[0];
    },
  },
}));
const { registerTransferCommands } = await import(
  '../../../src/vscode/commands/transferCommands.js'
);

const collector = {
  on: () => ({ dispose() {} }),
  request: async () => ({ spans }),
};
registerTransferCommands({ collector, panel: {} } as never);
const run = () => registered.get('spanpath.export')?.();

beforeEach(() => {
  told = [];
  ran = [];
  picked = 'html';
  spans = 12;
  env.remoteName = undefined;
  workspace.getWorkspaceFolder = () => ({ name: 'w' });
});

describe('exporting traces', () => {
  it('offers the browser for a page', async () => {
    await run();
    expect(told).toEqual(['12 spans were written to /w/traces.html. | Open in Browser']);
    expect(ran).toEqual([['browser', target]]);
  });

  it('shows a page where it lies when that is another machine', async () => {
    env.remoteName = 'ssh-remote';
    await run();
    expect(told).toEqual(['12 spans were written to /w/traces.html. | Show in Explorer']);
    expect(ran).toEqual([['revealInExplorer', target]]);
    workspace.getWorkspaceFolder = () => undefined;
    await run();
    expect(told[1]).toBe('12 spans were written to /w/traces.html.');
  });

  it('opens what an editor can show', async () => {
    env.remoteName = 'ssh-remote';
    picked = 'jsonl';
    await run();
    expect(ran).toEqual([['vscode.open', target]]);
  });

  it('asks nothing when there is nothing to export', async () => {
    spans = 0;
    await run();
    expect(told).toEqual(['There are no traces to export yet.']);
  });
});
