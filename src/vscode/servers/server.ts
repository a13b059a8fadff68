import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ServerConfig } from '../../core/mcp/config.js';
import type { ConfigFile } from '../config/configFiles.js';
import type {
  ClientHooks,
  Connection,
  Exit,
  PromptInfo,
  ResourceInfo,
  ToolInfo,
} from './connection.js';
import { explainExit, explainRefusal } from './failure.js';
import { ServerLog } from './serverLog.js';

export interface ServerOffer {
  readonly tools: readonly ToolInfo[];
  readonly prompts: readonly PromptInfo[];
  readonly resources: readonly ResourceInfo[];
}

export type ServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'running'; readonly connection: Connection; readonly offer: ServerOffer }
  | { readonly kind: 'failed'; readonly reason: string };

/** Starts the process of a server and connects to it. */
export type Connect = (
  server: Server,
  hooks: Pick<ClientHooks, 'onListChanged' | 'onStderr' | 'onProtocolError' | 'onExit'> & {
    /** Nothing more is asked of the user: from here on it is the server that takes its time. */
    onLaunch(): void;
  },
  signal: AbortSignal,
) => Promise<Connection>;

/** Asks for what a start needs the user's word for; false when the user said no. */
export type Approve = (server: Server) => Promise<boolean>;

/** The user said no to a question that had to be answered first. */
export class StartCancelled extends Error {}

/** One configured server and its life. */
export class Server implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Server>();
  readonly onDidChange = this.changed.event;
  readonly log: ServerLog;
  private current: ServerState = { kind: 'stopped' };
  /** Counts starts, so that what an earlier process reports late is not taken for this one. */
  private attempt = 0;
  private starting: AbortController | null = null;
  private started: Promise<void> = Promise.resolve();
  private launching: Promise<void> = Promise.resolve();
  private launchedAt: number | null = null;
  private newer: string | null = null;
  /** What its traces know it by; with its folder where another folder has one of that name. */
  tracedName: string;

  constructor(
    readonly id: string,
    private definition: { file: ConfigFile; config: ServerConfig },
    private readonly connect: Connect,
    /** Asked by a restart while the old process still runs. */
    readonly approve: Approve = async () => true,
  ) {
    this.log = new ServerLog(this.name);
    this.tracedName = this.name;
  }

  get name(): string {
    return this.definition.config.name;
  }
  get config(): ServerConfig {
    return this.definition.config;
  }
  get file(): ConfigFile {
    return this.definition.file;
  }
  get state(): ServerState {
    return this.current;
  }

  /** A new configuration counts from the next start. */
  redefine(file: ConfigFile, config: ServerConfig): void {
    this.definition = { file, config };
    this.changed.fire(this);
  }

  /** Resolves when the server runs or has failed; the state says which. Joins a start under way. */
  start(): Promise<void> {
    if (this.current.kind === 'starting') return this.started;
    if (this.current.kind === 'stopped' || this.current.kind === 'failed') {
      this.started = this.launch();
    }
    return this.started;
  }

  /** When the process of this start was made, Unix time in ms; null before the first. */
  get launchedAtMs(): number | null {
    return this.launchedAt;
  }
  /** Path of a file of this server that was saved after its process began. */
  get newerFile(): string | null {
    return this.current.kind === 'running' ? this.newer : null;
  }

  noteNewer(path: string): void {
    if (path === this.newer) return;
    this.newer = path;
    this.changed.fire(this);
  }

  /** Of the start under way: resolves when the user has answered what it asks, if anything. */
  get launched(): Promise<void> {
    return this.launching;
  }

  private async launch(): Promise<void> {
    let onLaunch = () => {};
    this.launching = new Promise((resolve) => {
      onLaunch = () => {
        this.launchedAt = Date.now();
        this.newer = null;
        resolve();
      };
    });
    const attempt = ++this.attempt;
    const isCurrent = () => attempt === this.attempt;
    let exit: Exit | null = null;
    const abort = new AbortController();
    this.starting = abort;
    this.setState({ kind: 'starting' });
    this.log.clearTail();
    try {
      const connection = await this.connect(
        this,
        {
          onLaunch,
          onStderr: (text) => this.log.append(text),
          onProtocolError: (message) => this.log.note(message),
          onListChanged: () => isCurrent() && void this.refresh(),
          onExit: (reported) => {
            exit = reported;
            if (isCurrent()) this.lost(reported);
          },
        },
        abort.signal,
      );
      if (!isCurrent()) return void connection.close();
      const offer = await this.readOffer(connection);
      if (!isCurrent()) return;
      this.setState({ kind: 'running', connection, offer });
      this.log.note(`Running: ${offer.tools.length} tools`);
    } catch (error) {
      if (!isCurrent()) return;
      this.attempt++;
      if (error instanceof StartCancelled) return this.setState({ kind: 'stopped' });
      const message = error instanceof Error ? error.message : String(error);
      const ended = exit !== null || /Connection closed/.test(message);
      this.fail(ended ? explainExit(exit, this.log.tail) : explainRefusal(message));
    }
  }

  async stop(): Promise<void> {
    const { current } = this;
    if (current.kind === 'stopped' || current.kind === 'stopping') return;
    this.attempt++;
    this.starting?.abort();
    if (current.kind !== 'running') return this.setState({ kind: 'stopped' });
    this.setState({ kind: 'stopping' });
    await current.connection.close();
    this.setState({ kind: 'stopped' });
    this.log.note('Stopped');
  }

  /** What has to be approved is asked first: whoever says no keeps the process that runs. */
  async restart(): Promise<void> {
    if (!(await this.approve(this))) return;
    await this.stop();
    await this.start();
  }

  private async refresh(): Promise<void> {
    if (this.current.kind !== 'running') return;
    const { connection } = this.current;
    const offer = await this.readOffer(connection);
    if (this.current.kind === 'running' && this.current.connection === connection) {
      this.setState({ kind: 'running', connection, offer });
    }
  }

  /** A list that the server cannot give is empty; the log says why. */
  private async readOffer(connection: Connection): Promise<ServerOffer> {
    const list = async <T>(what: string, rows: Promise<T[]>): Promise<T[]> => {
      try {
        return await rows;
      } catch (error) {
        this.log.note(`The server did not list its ${what}: ${String(error)}`);
        return [];
      }
    };
    const [tools, prompts, resources] = await Promise.all([
      list('tools', connection.listTools()),
      list('prompts', connection.listPrompts()),
      list('resources', connection.listResources()),
    ]);
    return { tools, prompts, resources };
  }

  private lost(exit: Exit): void {
    if (this.current.kind !== 'running') return;
    this.attempt++;
    this.fail(explainExit(exit, this.log.tail));
  }

  private fail(reason: string): void {
    this.log.note(`Failed: ${reason}`);
    this.setState({ kind: 'failed', reason });
  }

  private setState(state: ServerState): void {
    this.current = state;
    this.changed.fire(this);
  }

  dispose(): void {
    this.attempt++;
    this.starting?.abort();
    if (this.current.kind === 'running') void this.current.connection.close();
    this.changed.dispose();
    this.log.dispose();
  }
}

/** Why what a server answers may not be what its source says; nothing when it is. */
export function olderNote({ name, newerFile }: Server): string[] {
  if (newerFile === null) return [];
  return [`${basename(newerFile)} was saved after “${name}” started. Restart to run your edit.`];
}
