import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexerEvents, IndexerOptions, IndexerRequests } from '../core/protocol.js';
import { Rpc } from '../core/rpc.js';
import { FactsCache } from './factsCache.js';
import { HandlerIndex } from './handlerIndex.js';

type None = Record<string, never>;

const port = parentPort;
if (!port) throw new Error('the indexer runs as a worker thread');
const { grammarDir, cacheDir } = workerData as IndexerOptions;
const cache = cacheDir === null ? null : new FactsCache(join(cacheDir, 'handlers.json'));
const index = new HandlerIndex(grammarDir, cache);
/** One change after the other; questions wait for what was asked before them. */
let work: Promise<unknown> = Promise.resolve();

function queue<T>(step: () => Promise<T>): Promise<T> {
  const done = work.then(step);
  work = done.catch(() => {});
  return done;
}

const rpc = new Rpc<None, IndexerRequests, None, IndexerEvents>(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
  },
  {
    'index/open': ({ folders }) =>
      queue(async () => {
        await index.open(folders, (done, total) => {
          if (done === total || done % 512 === 0) report(done, total);
        });
        return null;
      }),
    'index/update': ({ files }) =>
      queue(async () => {
        await index.update(files);
        report(files.length, files.length);
        return null;
      }),
    'index/find': ({ kind, name }) => queue(async () => index.find(kind, name)),
    'index/list': () => queue(async () => index.list()),
  },
);

function report(done: number, total: number): void {
  rpc.emit('index/progress', { done, total, handlers: done === total ? index.list().length : 0 });
}
