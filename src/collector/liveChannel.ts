import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { scopes } from '../core/mcp/conventions.js';
import { encodeSpanRequest } from '../core/otlp/encodeSpan.js';
import type { LiveMessage, ServerIdentity } from '../core/protocol.js';
import type { SpanRef } from '../core/trace/model.js';
import { nowNanos } from './clock.js';
import { readLiveMessage } from './liveMessage.js';
import type { Session } from './session.js';

export interface LiveChannelListener {
  connected(server: ServerIdentity): void;
  disconnected(server: ServerIdentity): void;
}

/** Largest frame: attributes of one call, whose content the shim has capped. */
const maxFrameBytes = 4 * 1024 * 1024;
/** How long finished spans may take to follow a connection that dropped (ms). */
const graceMs = 1_500;

/** The WebSocket by which shims tell of calls that run. */
export class LiveChannel {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  });
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly session: Session,
    private readonly listener: LiveChannelListener,
    /** Keeps a span that no shim will send any more. */
    private readonly keep: (request: Uint8Array) => void,
  ) {}

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.serve(opened));
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  private serve(socket: WebSocket): void {
    let server: ServerIdentity | null = null;
    const running = new Map<string, SpanRef>();
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? null : readLiveMessage(String(data));
      if (!message) return;
      if (message.type === 'hello') {
        if (server) return;
        server = message.server;
        this.listener.connected(server);
      } else if (server) this.take(message, server, running);
    });
    socket.on('close', () => {
      if (!server) return;
      this.listener.disconnected(server);
      const spans = [...running.values()];
      if (spans.length === 0) return;
      const endNanos = nowNanos();
      // A shim that ended well sends its last spans beside this; they may be on their way.
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.abandon(spans, endNanos);
      }, graceMs);
      this.timers.add(timer);
    });
  }

  private take(
    message: Exclude<LiveMessage, { type: 'hello' }>,
    server: ServerIdentity,
    running: Map<string, SpanRef>,
  ): void {
    const key = `${message.span.traceId}:${message.span.spanId}`;
    const { live } = this.session;
    if (message.type === 'callStarted') {
      running.set(key, message.span);
      live.start(message, server);
    } else if (message.type === 'callEvent') live.addEvent(message);
    else {
      running.delete(key);
      live.end(message);
    }
  }

  private abandon(spans: readonly SpanRef[], endNanos: bigint): void {
    for (const span of this.session.live.abandon(spans, endNanos)) {
      this.keep(
        encodeSpanRequest({
          ...span,
          status: { code: 2, message: 'the connection to the server was lost' },
          attributes: {
            ...span.attributes,
            'error.type': 'abandoned',
            'spanpath.outcome': 'abandoned',
          },
          scope: { name: scopes.shim, version: '' },
        }),
      );
    }
  }
}
