import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  CollectorEvents,
  CollectorOptions,
  CollectorReady,
  CollectorRequests,
} from '../core/protocol.js';
import { Rpc } from '../core/rpc.js';
import { startCollector } from './collector.js';
import { hushSqliteWarning } from './hushSqliteWarning.js';

type Nothing = Record<never, never>;

/** Entry of the collector's worker thread: says `ready`, then speaks Rpc. */
async function serve(): Promise<void> {
  hushSqliteWarning();
  const port = parentPort;
  if (!port) throw new Error('the collector runs as a worker thread');
  const { endpoint, events, handlers } = await startCollector({
    ...(workerData as CollectorOptions),
    pageDirectory: join(__dirname, 'webview'),
  });
  port.postMessage({ type: 'ready', endpoint } satisfies CollectorReady);
  const rpc = new Rpc<Nothing, CollectorRequests, Nothing, CollectorEvents>(
    {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', listener),
    },
    handlers,
  );
  events.on('session/changed', (summary) => rpc.emit('session/changed', summary));
  events.on('call/started', (call) => rpc.emit('call/started', call));
  events.on('server/connected', (server) => rpc.emit('server/connected', server));
  events.on('server/disconnected', (server) => rpc.emit('server/disconnected', server));
  events.on('collector/problem', (problem) => rpc.emit('collector/problem', problem));
  events.on('collector/status', (status) => rpc.emit('collector/status', status));
  events.on('transfer/progress', (progress) => rpc.emit('transfer/progress', progress));
}

serve().catch((error: unknown) => {
  // Ends the thread; the host sees it as the worker's `error`.
  setImmediate(() => {
    throw error;
  });
});
