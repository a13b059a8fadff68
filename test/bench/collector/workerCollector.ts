import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { collectorLimits } from '../../../src/collector/heapLimits.js';
import type {
  CollectorEvents,
  CollectorOptions,
  CollectorReady,
  CollectorRequests,
} from '../../../src/core/protocol.js';
import { Rpc } from '../../../src/core/rpc.js';

type Nothing = Record<never, never>;

/** The collector as the extension runs it: the built worker, asked over its port. */
export interface WorkerCollector {
  readonly endpoint: string;
  readonly token: string;
  readonly rpc: Rpc<CollectorRequests, Nothing, CollectorEvents, Nothing>;
  stop(): Promise<void>;
}

export async function startWorker(dbPath: string): Promise<WorkerCollector> {
  const token = 'bench';
  const options: CollectorOptions = { dbPath, token, discoveryDir: null, workspace: null };
  const worker = new Worker(resolve(process.env.SPANPATH_DIST ?? 'dist', 'collector.js'), {
    workerData: options,
    resourceLimits: collectorLimits,
  });
  const { endpoint } = await new Promise<CollectorReady>((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
  });
  const rpc = new Rpc<CollectorRequests, Nothing, CollectorEvents, Nothing>({
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
  });
  const stop = async (): Promise<void> => {
    await rpc.request('collector/stop', null);
    await worker.terminate();
  };
  return { endpoint, token, rpc, stop };
}
