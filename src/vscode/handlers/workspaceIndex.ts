import * as vscode from 'vscode';
import type { HandlerKind, HandlerPlace } from '../../core/protocol.js';
import type { IndexerClient } from './indexerClient.js';

const sources = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,go,rs,cs,java,kt,kts}';
/** A save, a checkout or a build touches many files at once. */
const settleMs = 120;

/** The index over the folders of this window, told of every change on disk. */
export class WorkspaceIndex implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];
  private opened: Promise<void> | undefined;
  private waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor(private readonly indexer: IndexerClient) {
    const stop = indexer.onDidChange(() => this.changed.fire());
    this.subscriptions.push(
      { dispose: stop },
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.opened) this.opened = this.openFolders();
      }),
    );
  }

  async find(kind: HandlerKind, name: string): Promise<readonly HandlerPlace[]> {
    await this.open();
    return this.indexer.find(kind, name);
  }

  async list(): Promise<readonly HandlerPlace[]> {
    await this.open();
    return this.indexer.list();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The first question starts the reading and the watching. */
  private open(): Promise<void> {
    if (this.opened) return this.opened;
    const watcher = vscode.workspace.createFileSystemWatcher(sources);
    const note = (uri: vscode.Uri): void => this.note(uri);
    this.subscriptions.push(
      watcher,
      watcher.onDidCreate(note),
      watcher.onDidChange(note),
      watcher.onDidDelete(note),
    );
    this.opened = this.openFolders();
    return this.opened;
  }

  private async openFolders(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(
      (folder) => folder.uri.scheme === 'file',
    );
    await this.indexer.open(folders.map((folder) => folder.uri.fsPath));
  }

  private note(uri: vscode.Uri): void {
    if (uri.scheme !== 'file') return;
    this.waiting.add(uri.fsPath);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const files = [...this.waiting];
      this.waiting = new Set();
      this.indexer.update(files).catch(() => {
        // The worker ended; the next question starts it again and reads everything.
      });
    }, settleMs);
  }
}
