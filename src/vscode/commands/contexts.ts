import * as vscode from 'vscode';
import type { Servers } from '../servers/servers.js';

/** Keeps the context keys of the manifest's `when` clauses true. */
export function watchContexts(servers: Servers): vscode.Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return servers.onDidChange(() => {
    set('spanpath.hasServers', servers.all.length > 0);
    set(
      'spanpath.hasRunning',
      servers.all.some(({ state }) => state.kind === 'running'),
    );
  });
}
