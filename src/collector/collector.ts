import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CollectorEvents, CollectorOptions, CollectorRequests } from '../core/protocol.js';
import { Access } from './access.js';
import { BrowserView } from './browserView.js';
import { ChangeFeed } from './changeFeed.js';
import { announce } from './discovery.js';
import { Ingest } from './ingest.js';
import { LiveChannel } from './liveChannel.js';
import { loadStore } from './loadStore.js';
import { watchOtherWriters } from './otherWriters.js';
import { createQueries, type Handlers } from './queries.js';
import { Receiver } from './receiver.js';
import { defaultLimits, type Limits, Retention } from './retention.js';
import { Session } from './session.js';

export interface StartOptions extends Omit<CollectorOptions, 'token'> {
  /** Null: anyone on this machine may send and look (`--no-token`). */
  readonly token: string | null;
  /** `dist/webview`, to serve the view to a browser; absent: no `/ui/`. */
  readonly webviewDirectory?: string;
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
  const feed = new ChangeFeed(session);
  const queries = createQueries(session);
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

  const stopLoading = loadStore(session, ingest);
  const stopWatching = watchOtherWriters(session, ingest);
  retention.start();
  const endpoint = `http://127.0.0.1:${receiver.port}`;
  const withdraw =
    options.discoveryDir === null
      ? () => {}
      : announce(options.discoveryDir, {
          endpoint,
          token: options.token,
          workspace: options.workspace,
          pid: process.pid,
          startedAt: Date.now(),
        });

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      withdraw();
      stopLoading();
      stopWatching();
      retention.stop();
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
