import * as vscode from 'vscode';
import type { ServerConfig } from '../../core/mcp/config.js';
import type { Server } from './server.js';
import type { Servers } from './servers.js';

/** Editors save several files at once, and compilers write many. */
const settleMs = 300;

interface Watch {
  readonly config: ServerConfig;
  readonly watcher: vscode.Disposable;
}

/**
 * Restarts a server when a file changes that its configuration names in `dev.watch`: from its
 * first run until it is stopped. One that fails, because its code does not work at the moment,
 * starts again with the next change.
 */
export function restartOnChange(servers: Pick<Servers, 'find' | 'onDidChange'>): vscode.Disposable {
  const watched = new Map<Server, Watch>();
  const restarting = new Set<Server>();
  const forget = (server: Server) => {
    watched.get(server)?.watcher.dispose();
    watched.delete(server);
  };
  const restart = async (server: Server) => {
    restarting.add(server);
    server.log.note('A watched file changed');
    try {
      await server.restart();
    } finally {
      restarting.delete(server);
      follow(server);
    }
  };
  const follow = (server: Server) => {
    const { kind } = server.state;
    const watch = watched.get(server);
    const goesOn = kind === 'starting' || kind === 'failed' || restarting.has(server);
    if (kind !== 'running' && !goesOn) forget(server);
    if (kind !== 'running' || watch?.config === server.config) return;
    forget(server);
    const watcher = watchFiles(server, () => void restart(server));
    watched.set(server, { config: server.config, watcher });
  };
  const listening = servers.onDidChange((server) => {
    if (server) return follow(server);
    for (const known of watched.keys()) if (!servers.find(known.id)) forget(known);
  });
  return new vscode.Disposable(() => {
    listening.dispose();
    for (const { watcher } of watched.values()) watcher.dispose();
  });
}

function watchFiles(server: Server, restart: () => void): vscode.Disposable {
  const { config, file } = server;
  if (config.transport !== 'stdio' || config.watch.length === 0) return noWatch;
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const settings = vscode.workspace.getConfiguration('spanpath', file.uri);
      if (settings.get('restartOnChange', true)) restart();
    }, settleMs);
  };
  const watchers = config.watch.flatMap((glob) => {
    const relative = glob.replace(/^\$\{workspaceFolder\}[\\/]/, '');
    const pattern = new vscode.RelativePattern(file.folder, relative);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed)];
  });
  return vscode.Disposable.from(...watchers, new vscode.Disposable(() => clearTimeout(timer)));
}

const noWatch = new vscode.Disposable(() => {});
