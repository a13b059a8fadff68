import * as vscode from 'vscode';
import type { Server } from './server.js';
import type { Servers } from './servers.js';

/** Editors save several files at once, and compilers write many. */
const settleMs = 300;

/** Restarts a running server when a file changes that its configuration names in `dev.watch`. */
export function restartOnChange(servers: Servers): vscode.Disposable {
  const watched = new Map<Server, vscode.Disposable>();
  const follow = (server: Server) => {
    const isRunning = server.state.kind === 'running';
    if (isRunning === watched.has(server)) return;
    watched.get(server)?.dispose();
    watched.delete(server);
    if (isRunning) watched.set(server, watchFiles(server));
  };
  const listening = servers.onDidChange((server) => {
    if (server) return follow(server);
    for (const [known, watcher] of watched) {
      if (servers.find(known.id)) continue;
      watcher.dispose();
      watched.delete(known);
    }
  });
  return new vscode.Disposable(() => {
    listening.dispose();
    for (const watcher of watched.values()) watcher.dispose();
  });
}

function watchFiles(server: Server): vscode.Disposable {
  const { config, file } = server;
  if (config.transport !== 'stdio' || config.watch.length === 0) return noWatch;
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const settings = vscode.workspace.getConfiguration('spanpath', file.uri);
      if (!settings.get('restartOnChange', true) || server.state.kind !== 'running') return;
      server.log.note('A watched file changed');
      void server.restart();
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
