import { describe, expect, it, vi } from 'vitest';
import { EventEmitter } from './fakeVscode.js';

vi.mock('vscode', async () => ({
  ...(await import('./fakeVscode.js')),
  window: {
    createOutputChannel: () => ({ append() {}, appendLine() {}, show() {}, dispose() {} }),
  },
}));
const { Servers } = await import('../../../src/vscode/servers/servers.js');

function fileOf(folder: string, ...names: string[]) {
  return {
    uri: { toString: () => `file:///${folder}/mcp.json` },
    folder: { name: folder },
    config: { servers: names.map((name) => ({ name })) },
  };
}

function serversOf(...files: object[]) {
  const changed = new EventEmitter<void>();
  const configs = { files, onDidChange: changed.event };
  const servers = new Servers(
    configs as never,
    async () => ({}) as never,
    async () => true,
  );
  changed.fire();
  return { servers, configs, changed };
}

describe('servers of several folders', () => {
  it('are traced under names of their own, so that their calls stay apart', () => {
    const { servers } = serversOf(fileOf('api', 'weather', 'orders'), fileOf('web', 'weather'));
    const names = servers.all.map(({ tracedName }) => tracedName);
    expect(names).toEqual(['weather (api)', 'orders', 'weather (web)']);
    expect(servers.named('weather (web)')?.file.folder.name).toBe('web');
    expect(servers.named('weather')?.file.folder.name).toBe('api');
  });

  it('keep the configured name while nobody else has it', () => {
    const { servers, configs, changed } = serversOf(fileOf('api', 'weather'));
    expect(servers.all[0]?.tracedName).toBe('weather');
    configs.files.push(fileOf('web', 'weather'));
    changed.fire();
    expect(servers.all[0]?.tracedName).toBe('weather (api)');
  });

  it('of two files of one folder are the same to a trace', () => {
    const other = { ...fileOf('api', 'weather'), uri: { toString: () => 'file:///api/.mcp.json' } };
    const { servers } = serversOf(fileOf('api', 'weather'), other);
    expect(servers.all.map(({ tracedName }) => tracedName)).toEqual(['weather', 'weather']);
  });
});
