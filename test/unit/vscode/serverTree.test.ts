import { describe, expect, it, vi } from 'vitest';
import type { Server } from '../../../src/vscode/servers/server.js';
import { EventEmitter } from './fakeVscode.js';

vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  TreeItem: class {
    constructor(readonly label: string) {}
  },
  TreeItemCollapsibleState: { None: 0, Expanded: 2 },
  ThemeIcon: class {
    constructor(readonly id: string) {}
  },
  ThemeColor: class {},
  workspace: { asRelativePath: () => '.vscode/mcp.json' },
}));
const { ServerTree } = await import('../../../src/vscode/servers/serverTree.js');

function setUp() {
  const changed = new EventEmitter<Server | undefined>();
  const server = {
    ...{ id: 'one', name: 'weather', newerFile: null as string | null, state: { kind: 'stopped' } },
    config: { transport: 'stdio', command: 'node', args: ['server.js'] },
    file: { uri: {}, folder: { name: 'w' } },
  };
  const published = { has: () => false, onDidChange: new EventEmitter<void>().event };
  const servers = { all: [server], onDidChange: changed.event };
  const tree = new ServerTree(servers as never, published);
  const node = tree.nodeOf(server as never);
  const draw = () => tree.getTreeItem(node);
  const refreshed: (object | undefined)[] = [];
  tree.onDidChangeTreeData((what) => refreshed.push(what));
  const become = (state: object, change: object = {}) => {
    Object.assign(server, { state, ...change });
    changed.fire(server as never);
    return draw();
  };
  return { node, draw, become, refreshed };
}

const offer = { tools: [{ name: 'search' }], prompts: [], resources: [] };

describe('the row of a server', () => {
  it('is drawn by itself while its id stays, and with the whole list when it gets another', () => {
    const { node, draw, become, refreshed } = setUp();
    const first = draw().id;
    expect(become({ kind: 'starting' }).id).toBe(first);
    expect(refreshed).toEqual([node]);
    expect(become({ kind: 'running', offer }).id).not.toBe(first);
    expect(refreshed).toEqual([node, undefined]);
    become({ kind: 'failed', reason: 'gone' });
    expect(refreshed).toEqual([node, undefined, node]);
    expect(become({ kind: 'stopped' }).id).toBe(first);
    expect(refreshed).toEqual([node, undefined, node, undefined]);
  });

  it('says that the process is older than its file, and what runs the edit', () => {
    const { become } = setUp();
    expect(become({ kind: 'running', offer }).description).toBe('running · 1 tool');
    const row = become({ kind: 'running', offer }, { newerFile: '/w/src/server.ts' });
    expect(row.description).toBe('running · older than server.ts');
    expect(row.tooltip).toContain('Restart to run your edit');
    expect(row.contextValue).toContain('running');
  });
});
