import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Server } from './server.js';
import type { Servers } from './servers.js';
import { isSourceFile, sourceFilesOf } from './sourceFiles.js';

const sources = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,go,rs,cs,csproj,java,kt,kts}';

/** Where the running process says that its handlers are. */
export type HandlerFiles = (server: Server) => Promise<ReadonlySet<string>>;

/**
 * Notes at a server that runs which file of it is newer than its process. Watches from the first
 * server that runs; one that restarts by itself (`dev.watch`) is left to that.
 */
export function watchSources(
  servers: Pick<Servers, 'all' | 'onDidChange'>,
  handlerFiles: HandlerFiles,
): vscode.Disposable {
  let watching: vscode.Disposable | null = null;
  const changed = async ({ fsPath }: vscode.Uri) => {
    const savedAtMs = await stat(fsPath).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
    if (savedAtMs === null) return;
    for (const server of servers.all) {
      if (savedAtMs <= (server.launchedAtMs ?? savedAtMs) || restartsItself(server)) continue;
      if (await isOf(server, fsPath, handlerFiles)) server.noteNewer(fsPath);
    }
  };
  const watch = () => {
    const watcher = vscode.workspace.createFileSystemWatcher(sources, false, false, true);
    watching = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
    );
  };
  const listening = servers.onDidChange((server) => {
    if (server?.state.kind === 'running' && !watching) watch();
  });
  return new vscode.Disposable(() => {
    listening.dispose();
    watching?.dispose();
  });
}

async function isOf(server: Server, path: string, handlerFiles: HandlerFiles): Promise<boolean> {
  const { config, file } = server;
  if (config.transport !== 'stdio') return false;
  const files = sourceFilesOf(config, file.folder.uri.fsPath);
  if (files && isSourceFile(path, files)) return true;
  return (await handlerFiles(server)).has(path);
}

function restartsItself({ config, file }: Server): boolean {
  if (config.transport !== 'stdio' || config.watch.length === 0) return false;
  return vscode.workspace.getConfiguration('spanpath', file.uri).get('restartOnChange', true);
}
