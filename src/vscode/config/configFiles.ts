import * as vscode from 'vscode';
import { type ConfigDialect, type McpConfig, parseConfig } from '../../core/mcp/config.js';
import { unwrapServers, wrapMark } from '../../core/mcp/configWrap.js';

/** One file that configures servers, as it stands on disk now. */
export interface ConfigFile {
  readonly uri: vscode.Uri;
  readonly folder: vscode.WorkspaceFolder;
  readonly dialect: ConfigDialect;
  readonly config: McpConfig;
}

const names: readonly { path: string; dialect: ConfigDialect }[] = [
  { path: '.vscode/mcp.json', dialect: 'vscode' },
  { path: '.mcp.json', dialect: 'shared' },
];

/** The configuration files of every workspace folder, read again whenever one of them changes. */
export class ConfigFiles implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: readonly ConfigFile[] = [];
  private watchers: vscode.Disposable[] = [];
  private readonly folders: vscode.Disposable;
  private reading: Promise<void> | null = null;
  private stale = false;
  /** Settles when the files have been read once. */
  readonly ready: Promise<void>;

  constructor(private readonly output: vscode.LogOutputChannel) {
    this.watch();
    this.folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.watch();
      void this.read();
    });
    this.ready = this.read();
  }

  get files(): readonly ConfigFile[] {
    return this.current;
  }

  /** Changes that come while the files are being read lead to one more round, not to many. */
  read(): Promise<void> {
    if (this.reading) {
      this.stale = true;
      return this.reading;
    }
    this.reading = this.readUntilFresh().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readUntilFresh(): Promise<void> {
    do {
      this.stale = false;
      const candidates = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
        names.map(({ path, dialect }) => this.readFile(folder, path, dialect)),
      );
      this.current = (await Promise.all(candidates)).filter((file) => file !== null);
    } while (this.stale);
    this.changed.fire();
  }

  private async readFile(
    folder: vscode.WorkspaceFolder,
    path: string,
    dialect: ConfigDialect,
  ): Promise<ConfigFile | null> {
    const uri = vscode.Uri.joinPath(folder.uri, path);
    let bytes: Uint8Array;
    try {
      bytes = await vscode.workspace.fs.readFile(uri);
    } catch (error) {
      const absent = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
      if (!absent) this.output.warn(`${uri.fsPath} could not be read: ${String(error)}`);
      return null;
    }
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    // A file that another client traces starts its servers by the shim already; here they stand plain.
    const key = dialect === 'vscode' ? 'servers' : 'mcpServers';
    const plain = text.includes(wrapMark) ? unwrapServers(text, key) : text;
    return { uri, folder, dialect, config: parseConfig(plain, dialect) };
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = [];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const { path } of names) {
        const pattern = new vscode.RelativePattern(folder, path);
        const watcher = vscode.workspace.createFileSystemWatcher(pattern);
        const reread = () => void this.read();
        this.watchers.push(
          watcher,
          watcher.onDidChange(reread),
          watcher.onDidCreate(reread),
          watcher.onDidDelete(reread),
        );
      }
    }
  }

  dispose(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.folders.dispose();
    this.changed.dispose();
  }
}
