import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CollectorEvents, CollectorOptions, CollectorRequests } from '../core/protocol.js';
import { Access } from './access.js';
import { BrowserView } from './browserView.js';
import { ChangeFeed } from './changeFeed.js';
import { announce } from './discovery.js';
import { Transfers } from './exchange/transfers.js';
import { FullText } from './fullText.js';
import { Ingest } from './ingest.js';
import { LateParents } from './lateParents.js';
import { LiveChannel } from './liveChannel.js';
import { loadStore } from './loadStore.js';
import { measureAhead } from './measureAhead.js';
import { watchOtherWriters } from './otherWriters.js';
import { Outlets } from './outlets.js';
import { createQueries, type Handlers } from './queries.js';
import { Receiver } from './receiver.js';
import { defaultLimits, type Limits, Retention } from './retention.js';
import { Session } from './session.js';

export interface StartOptions extends Omit<CollectorOptions, 'token'> {
  /** Null: anyone on this machine may send and look (`--no-token`). */
  readonly token: string | null;
  /** `dist/webview`, to serve the view to a browser; absent: no `/ui/`. */
  readonly webviewDirectory?: string;
  /** The same, for the pages that are exported; absent: `webviewDirectory`. */
  readonly pageDirectory?: string;
  readonly limits?: Limits;
}

export interface Collector {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly handlers: Handlers<CollectorRequests>;
  readonly events: EventEmitter<{ [E in keyof CollectorEvents]: [CollectorEvents[E]] }>;
  readonly session: Session;
  readonly ingest: Ingest;
  readonly receiver: Receiver;
  readonly outlets: Outlets;
  stop(): Promise<void>;
}

/**
 * Composes and starts a collector: receiver, live channel, store, queries. The same in the
 * extension's worker and in the command line. @throws when no port can be opened.
 */
export async function startCollector(options: StartOptions): Promise<Collector> {
  const session = new Session(options.dbPath);
  const events: Collector['events'] = new EventEmitter();
  const access = new Access(options.token);
  const ingest = new Ingest(session);
  const lateParents = new LateParents(session);
  ingest.lateParents = lateParents;
  const feed = new ChangeFeed(session);
  const fullText = new FullText(session);
  const queries = createQueries(session, fullText);
  const retention = new Retention(session, options.limits ?? defaultLimits);
  const live = new LiveChannel(
    session,
    {
      connected: (server) => events.emit('server/connected', server),
      disconnected: (server) => events.emit('server/disconnected', server),
    },
    (request) => void receiver.accept('traces', request).catch(() => {}),
  );
  const view =
    options.webviewDirectory === undefined
      ? null
      : new BrowserView(options.webviewDirectory, access, queries, feed, () => session.clear());
  const receiver = new Receiver(
    access,
    ingest,
    new Map(
      view
        ? [
            [
              'ui',
              (request, response, url) => void view.serve(request, response, url, receiver.port),
            ],
          ]
        : [],
    ),
  );
  receiver.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    const refusal = access.refusal(request, receiver.port);
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (refusal) socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\n\r\n`);
    else if (path === '/live') live.accept(request, socket, head);
    else if (path === '/ui/rpc' && view) view.accept(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  await listen(receiver, options.port);

  const seenServers = new Set<string>();
  session.live.on('started', (call) => {
    if (seenServers.has(call.server)) return;
    seenServers.add(call.server);
    events.emit('call/started', call);
  });
  session.on('problem', (message) => events.emit('collector/problem', { message }));
  feed.subscribe((summary) => events.emit('session/changed', summary));

  const stopMeasuring = measureAhead(session);
  const stopLoading = loadStore(session, ingest);
  const stopWatching = watchOtherWriters(session, ingest);
  retention.start();
  const endpoint = `http://127.0.0.1:${receiver.port}`;
  const startedAt = Date.now();
  let withdraw = (): void => {};
  const announceAs = (owns: readonly number[]): void => {
    if (options.discoveryDir === null) return;
    const { token, workspace, folders = [] } = options;
    withdraw = announce(options.discoveryDir, {
      ...{ endpoint, token, workspace, pid: process.pid, startedAt },
      ...(folders.length > 0 ? { folders } : {}),
      ...(owns.length > 0 ? { owns } : {}),
    });
  };
  announceAs([]);
  const outlets: Outlets = new Outlets({
    ...{ endpoint, receiver, access, ingest, discoveryDir: options.discoveryDir },
    onDidChange: () => events.emit('collector/status', outlets.status),
    onDidOwn: announceAs,
  });
  const transfers = new Transfers({
    session,
    ingest,
    pageDirectory: options.pageDirectory ?? options.webviewDirectory ?? '',
    onProgress: (progress) => events.emit('transfer/progress', progress),
  });
  if (options.token === null) outlets.shareOwnPort(receiver.port);
  if (options.outlets) await outlets.configure(options.outlets);

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      transfers.stop();
      await outlets.stop();
      withdraw();
      stopLoading();
      stopMeasuring();
      lateParents.stop();
      stopWatching();
      retention.stop();
      fullText.stop();
      feed.close();
      live.close();
      view?.close();
      await receiver.close();
      session.close();
    })();
    return stopped;
  };
  return {
    endpoint,
    handlers: {
      ...queries,
      ...transfers.handlers,
      'collector/status': () => outlets.status,
      'collector/configure': async (wanted) => {
        await outlets.configure(wanted);
        return outlets.status;
      },
      'session/clear': () => {
        session.clear();
        return null;
      },
      'collector/stop': async () => {
        await stop();
        return null;
      },
    },
    events,
    session,
    ingest,
    receiver,
    outlets,
    stop,
  };
}

/** The wanted port when it is free, else any. */
async function listen(receiver: Receiver, wanted: number | undefined): Promise<void> {
  if (wanted !== undefined && wanted !== 0) {
    try {
      await receiver.listen(wanted);
      return;
    } catch {
      // Someone else has it by now.
    }
  }
  await receiver.listen(0);
}
