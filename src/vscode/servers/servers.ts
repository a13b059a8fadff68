import * as vscode from 'vscode';
import type { ConfigFile, ConfigFiles } from '../config/configFiles.js';
import { type Approve, type Connect, Server } from './server.js';

/** Every server that the workspace configures, in the order of the files. */
export class Servers implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Server | undefined>();
  /** With the server that changed, or undefined when the list itself did. */
  readonly onDidChange = this.changed.event;
  private readonly byId = new Map<string, Server>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly configs: ConfigFiles,
    private readonly connect: Connect,
    private readonly approve: Approve,
  ) {
    this.subscription = configs.onDidChange(() => this.update());
  }

  /** Settles when the configuration has been read once. */
  get ready(): Promise<void> {
    return this.configs.ready;
  }

  get all(): readonly Server[] {
    return [...this.byId.values()];
  }

  get files(): readonly ConfigFile[] {
    return this.configs.files;
  }

  find(id: string): Server | undefined {
    return this.byId.get(id);
  }

  /** By what a trace knows it by, else the first that is configured under that name. */
  named(name: string): Server | undefined {
    return (
      this.all.find((server) => server.tracedName === name) ??
      this.all.find((server) => server.name === name)
    );
  }

  /** Servers keep running when their file changes; one that is no longer configured stops. */
  private update(): void {
    const before = new Map(this.byId);
    this.byId.clear();
    for (const file of this.configs.files) {
      for (const config of file.config.servers) {
        const id = `${file.uri.toString()}#${config.name}`;
        const server =
          before.get(id) ?? new Server(id, { file, config }, this.connect, this.approve);
        if (before.delete(id)) server.redefine(file, config);
        else server.onDidChange((changed) => this.changed.fire(changed));
        this.byId.set(id, server);
      }
    }
    for (const gone of before.values()) gone.dispose();
    for (const server of this.byId.values()) server.tracedName = this.tracedName(server);
    this.changed.fire(undefined);
  }

  /** Two folders may each have a `weather`; their calls and statistics stay apart. */
  private tracedName({ name, file }: Server): string {
    const elsewhere = this.all.some(
      (other) => other.name === name && other.file.folder.name !== file.folder.name,
    );
    return elsewhere ? `${name} (${file.folder.name})` : name;
  }

  async stopAll(): Promise<void> {
    await Promise.allSettled(this.all.map((server) => server.stop()));
  }

  dispose(): void {
    this.subscription.dispose();
    for (const server of this.byId.values()) server.dispose();
    this.changed.dispose();
  }
}
