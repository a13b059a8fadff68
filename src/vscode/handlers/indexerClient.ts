import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type {
  HandlerPlace,
  IndexerEvents,
  IndexerOptions,
  IndexerRequests,
} from '../../core/protocol.js';
import { Rpc } from '../../core/rpc.js';

type NoEvents = Record<string, never>;
type IndexerRpc = Rpc<IndexerRequests, NoEvents, IndexerEvents, NoEvents>;

/**
 * The handler index in its worker thread. The thread starts with the first request, so that a
 * window that never asks for a handler never pays for the parsers.
 */
export class IndexerClient {
  private worker: Worker | undefined;
  private rpc: IndexerRpc | undefined;
  private folders: readonly string[] = [];
  private readonly changeListeners = new Set<() => void>();

  /** `distDir` holds `indexer.js` and `grammars/`; `cacheDir` may be null. */
  constructor(
    private readonly distDir: string,
    private readonly cacheDir: string | null,
    private readonly log: (message: string) => void,
  ) {}

  /** Says which folders to read; starts the work in the background. */
  async open(folders: readonly string[]): Promise<void> {
    this.folders = folders;
    await this.connect().request('index/open', { folders });
  }

  /** Paths that were created, changed or deleted. Does nothing before the index is in use. */
  async update(files: readonly string[]): Promise<void> {
    if (this.rpc) await this.rpc.request('index/update', { files });
  }

  async find(
    kind: IndexerRequests['index/find']['params']['kind'],
    name: string,
  ): Promise<readonly HandlerPlace[]> {
    return this.connect().request('index/find', { kind, name });
  }

  async list(): Promise<readonly HandlerPlace[]> {
    return this.connect().request('index/list', null);
  }

  /** Called after every batch of files that was read. Returns the function that unsubscribes. */
  onDidChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  dispose(): void {
    this.rpc?.close('the handler index was stopped');
    void this.worker?.terminate();
    this.worker = undefined;
    this.rpc = undefined;
  }

  private connect(): IndexerRpc {
    if (this.rpc) return this.rpc;
    const workerData: IndexerOptions = {
      grammarDir: join(this.distDir, 'grammars'),
      cacheDir: this.cacheDir,
    };
    const worker = new Worker(join(this.distDir, 'indexer.js'), { workerData });
    const rpc: IndexerRpc = new Rpc({
      send: (message) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener),
    });
    const forget = (reason: string): void => {
      rpc.close(reason);
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.rpc = undefined;
      this.log(reason);
    };
    worker.on('error', (error) => forget(`the handler index failed: ${error.message}`));
    worker.on('exit', () => forget('the handler index ended'));
    rpc.on('index/progress', () => {
      for (const listener of this.changeListeners) listener();
    });
    this.worker = worker;
    this.rpc = rpc;
    if (this.folders.length > 0) {
      rpc.request('index/open', { folders: this.folders }).catch(() => {});
    }
    return rpc;
  }
}
