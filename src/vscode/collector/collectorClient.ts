import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { collectorLimits } from '../../collector/heapLimits.js';
import type {
  CollectorEvents,
  CollectorOptions,
  CollectorOutlets,
  CollectorReady,
  CollectorRequests,
} from '../../core/protocol.js';
import { Rpc } from '../../core/rpc.js';

export type CollectorState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'on'; readonly endpoint: string }
  | { readonly kind: 'failed'; readonly reason: string };

type CollectorRpc = Rpc<
  CollectorRequests,
  Record<never, never>,
  CollectorEvents,
  Record<never, never>
>;
type Listener<E extends keyof CollectorEvents> = (payload: CollectorEvents[E]) => void;

/** After this many crashes in a row the collector stays down until something asks for it again. */
const maxRestarts = 3;
const stopGraceMs = 3_000;

/**
 * The collector's worker thread, seen from the host: started by the first request, started again
 * when it crashes, on the same port and with the same token, so that running shims find it.
 */
export class CollectorClient implements vscode.Disposable {
  private readonly stateChanged = new vscode.EventEmitter<CollectorState>();
  readonly onDidChangeState = this.stateChanged.event;
  private readonly listeners = new Map<keyof CollectorEvents, Set<Listener<never>>>();
  readonly token = randomBytes(24).toString('base64url');
  private starting: Promise<CollectorRpc> | null = null;
  private worker: Worker | null = null;
  private current: CollectorState = { kind: 'off' };
  private crashes = 0;
  private port: number | undefined;
  private disposed = false;

  constructor(
    private readonly workerPath: string,
    /** Where traces are kept; null: in memory only, as without a folder. */
    private readonly dbPath: string | null,
    private readonly output: vscode.LogOutputChannel,
    private readonly outlets: () => CollectorOutlets,
  ) {}

  get state(): CollectorState {
    return this.current;
  }

  /** Starts the collector when it is not running, and says where it listens. */
  async start(): Promise<{ endpoint: string; token: string }> {
    await this.connect();
    if (this.current.kind !== 'on') throw new Error('the collector stopped while it was starting');
    return { endpoint: this.current.endpoint, token: this.token };
  }

  async request<M extends keyof CollectorRequests & string>(
    method: M,
    params: CollectorRequests[M]['params'],
  ): Promise<CollectorRequests[M]['result']> {
    return (await this.connect()).request(method, params);
  }

  /** Subscriptions outlive restarts of the worker. */
  on<E extends keyof CollectorEvents>(event: E, listener: Listener<E>): vscode.Disposable {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    set.add(listener as Listener<never>);
    return { dispose: () => set.delete(listener as Listener<never>) };
  }

  private connect(): Promise<CollectorRpc> {
    if (this.disposed) return Promise.reject(new Error('Spanpath is shutting down'));
    this.starting ??= this.launch().catch((error: unknown) => {
      this.starting = null;
      this.setState({
        kind: 'failed',
        reason: error instanceof Error ? error.message : `${error}`,
      });
      throw error;
    });
    return this.starting;
  }

  private async launch(): Promise<CollectorRpc> {
    this.setState({ kind: 'starting' });
    const worker = new Worker(this.workerPath, {
      workerData: await this.options(),
      resourceLimits: collectorLimits,
      stdout: true,
      stderr: true,
    });
    this.worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on('data', (chunk: Buffer) =>
        this.output.debug(`collector: ${chunk.toString().trim()}`),
      );
    }
    const endpoint = await new Promise<string>((resolve, reject) => {
      worker.once('message', (message: CollectorReady) => resolve(message.endpoint));
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the collector exited with code ${code}`)));
    });
    const rpc: CollectorRpc = new Rpc({
      send: (message) => worker.postMessage(message),
      onMessage: (listener) => void worker.on('message', listener),
    });
    this.forward(rpc);
    let cause = '';
    worker.on('error', (error) => {
      cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    worker.once('exit', (code) => {
      rpc.close('the collector stopped');
      this.ended(cause || `exit code ${code}`);
    });
    this.port = Number(new URL(endpoint).port);
    this.output.info(`The collector listens on ${endpoint}`);
    this.setState({ kind: 'on', endpoint });
    return rpc;
  }

  private forward(rpc: CollectorRpc): void {
    const events: (keyof CollectorEvents)[] = [
      'session/changed',
      'call/started',
      'server/connected',
      'server/disconnected',
      'collector/problem',
      'collector/status',
      'transfer/progress',
    ];
    for (const event of events) {
      rpc.on(event, (payload) => {
        for (const listener of this.listeners.get(event) ?? []) listener(payload as never);
      });
    }
  }

  private ended(cause: string): void {
    this.worker = null;
    this.starting = null;
    if (this.disposed) return;
    this.output.error(`The collector stopped: ${cause}`);
    this.setState({ kind: 'failed', reason: cause.split('\n')[0] ?? cause });
    if (++this.crashes > maxRestarts) return;
    this.connect().then(
      () => {
        this.crashes = 0;
      },
      (error: unknown) => this.output.error(`The collector did not start again: ${String(error)}`),
    );
  }

  private async options(): Promise<CollectorOptions> {
    if (this.dbPath !== null) await mkdir(dirname(this.dbPath), { recursive: true });
    const home = process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath');
    const [workspace = null, ...folders] = (vscode.workspace.workspaceFolders ?? []).map(
      ({ uri }) => uri.fsPath,
    );
    return {
      dbPath: this.dbPath,
      token: this.token,
      discoveryDir: join(home, 'collectors'),
      workspace,
      folders,
      outlets: this.outlets(),
      ...(this.port === undefined ? {} : { port: this.port }),
    };
  }

  private setState(state: CollectorState): void {
    this.current = state;
    this.stateChanged.fire(state);
  }

  /** Lets the worker write what it holds; ends it after a short grace. */
  async stop(): Promise<void> {
    this.disposed = true;
    const worker = this.worker;
    if (!worker) return;
    const rpc = await this.starting?.catch(() => null);
    const grace = new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref());
    await Promise.race([rpc?.request('collector/stop', null).catch(() => null), grace]);
    await worker.terminate();
  }

  dispose(): void {
    void this.stop();
    this.stateChanged.dispose();
  }
}
