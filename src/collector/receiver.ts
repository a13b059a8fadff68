import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonToProtobuf } from '../core/otlp/jsonRequest.js';
import { signals } from '../core/otlp/schema.js';
import type { Access } from './access.js';
import { type ReceivedRequest, readVia } from './forward/receivedRequest.js';
import type { Ingest, Received } from './ingest.js';
import { BodyError, readBody } from './readBody.js';
import { answerFailure, answerReceived, type Encoding, encodingOf } from './receiverAnswer.js';
import { messageOf } from './session.js';
import type { ChunkSignal } from './store.js';

/** A request as it was received. */
type Original = Pick<ReceivedRequest, 'encoding' | 'body' | 'via'>;

interface Waiting {
  readonly signal: ChunkSignal;
  readonly body: Uint8Array;
  readonly wellFormed: boolean;
  /** Records that the JSON walk left out before the body was bytes. */
  readonly rejected: number;
  readonly firstReason: string | null;
  readonly original: Original;
  readonly resolve: (received: Received) => void;
  readonly reject: (error: Error) => void;
}

export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/** Most connections at once; senders on one machine are few. */
const maxConnections = 256;
/** Bytes of requests that wait for their commit; past it senders are asked to come again. */
const maxWaitingBytes = 256 * 1024 * 1024;

/**
 * OTLP/HTTP on a loopback port (protocol 1.11). Requests that arrive together are committed
 * together, and answered after their commit.
 */
export class Receiver {
  readonly server: Server;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private scheduled = false;
  /** Called with each request that was stored, e.g. to forward it; must return at once. */
  onDidAccept: ((request: ReceivedRequest) => void) | null = null;

  constructor(
    private readonly access: Access,
    private readonly ingest: Ingest,
    /** Routes beside OTLP, by the first part of their path. */
    private readonly routes: ReadonlyMap<string, Route>,
  ) {
    this.server = createServer(
      {
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        keepAliveTimeout: 65_000,
        connectionsCheckingInterval: 2_000,
        maxHeaderSize: 16 * 1024,
        noDelay: true,
      },
      (request, response) => void this.handle(request, response),
    );
    this.server.maxConnections = maxConnections;
  }

  /** So much waits to be stored that senders are asked to come again. */
  get isFull(): boolean {
    return this.waitingBytes > maxWaitingBytes;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Listens on 127.0.0.1, never on another address. @throws when the port is taken. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        this.server.removeListener('error', reject);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.flush();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Stores a request's body; also the way in for gRPC and imports. */
  accept(signal: ChunkSignal, body: Uint8Array): Promise<Received> {
    return this.enqueue(signal, body, { encoding: 'protobuf', body, via: [] });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/healthz') {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n');
      return;
    }
    const encoding = encodingOf(request);
    const refusal = this.access.refusal(request, this.port);
    if (refusal) {
      if (refusal.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
      this.refuse(request, response, encoding, refusal.status, refusal.reason);
      return;
    }
    const signal = /^\/v1\/(traces|logs|metrics)$/.exec(url.pathname)?.[1] as ChunkSignal;
    if (signal) {
      await this.receive(request, response, encoding, signal);
      return;
    }
    const route = this.routes.get(url.pathname.split('/')[1] ?? '');
    if (route) route(request, response, url);
    else this.refuse(request, response, encoding, 404, 'there is nothing at this path');
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: Encoding | null,
    signal: ChunkSignal,
  ): Promise<void> {
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      this.refuse(request, response, encoding, 405, 'OTLP is sent by POST');
    } else if (encoding === null) {
      const wanted = 'application/x-protobuf or application/json';
      this.refuse(request, response, encoding, 415, `Content-Type must be ${wanted}`);
    } else if (this.isFull) {
      this.refuse(request, response, encoding, 503, 'too much waits to be stored');
    } else {
      try {
        const body = await readBody(request);
        const received = await this.take(signal, { encoding, body, via: readVia(request) });
        answerReceived(response, encoding, signal, received);
      } catch (error) {
        this.fail(request, response, encoding, error);
      }
    }
  }

  private take(signal: ChunkSignal, original: Original): Promise<Received> {
    if (original.encoding === 'protobuf') return this.enqueue(signal, original.body, original);
    const { bytes, rejections } = jsonToProtobuf(signals[signal], original.body);
    return this.enqueue(signal, bytes, original, rejections.count, rejections.firstReason);
  }

  private enqueue(
    signal: ChunkSignal,
    body: Uint8Array,
    original: Original,
    rejected = 0,
    firstReason: string | null = null,
  ): Promise<Received> {
    return new Promise((resolve, reject) => {
      const wellFormed = original.encoding === 'json';
      this.waiting.push({
        ...{ signal, body, wellFormed, original, rejected, firstReason },
        ...{ resolve, reject },
      });
      this.waitingBytes += body.length;
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    this.scheduled = false;
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    this.waitingBytes = 0;
    let results: (Received | Error)[];
    try {
      results = this.ingest.receive(waiting);
    } catch (error) {
      for (const { reject } of waiting) reject(new Error(messageOf(error)));
      return;
    }
    for (const [place, waited] of waiting.entries()) {
      const { signal, original, resolve, reject, rejected, firstReason } = waited;
      const result = results[place]!;
      if (result instanceof Error) reject(new BodyError(400, result.message));
      else {
        const received = {
          accepted: result.accepted,
          rejected: result.rejected + rejected,
          firstReason: firstReason ?? result.firstReason,
        };
        this.ingest.noteRejected(received);
        resolve(received);
        if (result.accepted > 0) {
          this.onDidAccept?.({ ...original, signal, records: result.accepted });
        }
      }
    }
  }

  private fail(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: Encoding,
    error: unknown,
  ): void {
    if (error instanceof BodyError) {
      this.refuse(request, response, encoding, error.status, error.message);
    } else if (error instanceof Error && error.name === 'WireError') {
      this.refuse(request, response, encoding, 400, error.message);
    } else this.refuse(request, response, encoding, 500, messageOf(error));
  }

  /** Answers and drops what the sender still sends, so that a refused body costs nothing. */
  private refuse(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: Encoding | null,
    status: number,
    message: string,
  ): void {
    if (!request.complete) {
      response.setHeader('Connection', 'close');
      response.once('finish', () => setTimeout(() => request.socket.destroy(), 500).unref());
      request.resume();
    }
    answerFailure(response, encoding, status, message);
  }
}
