import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import type { Received } from '../ingest.js';
import { maxBodyBytes } from '../readBody.js';
import { type ChunkSignal, chunkSignals } from '../store.js';
import { encodeResponse, failure } from './answers.js';
import { guardCalls } from './guardCalls.js';
import { serviceOf } from './services.js';

export interface GrpcOptions {
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** Whether the value of the metadata `authorization` lets a sender in. */
  readonly admits: (authorization: string | undefined) => boolean;
  /** Whether so much waits to be stored that senders must come again later. */
  readonly isFull: () => boolean;
  /** Stores a request. @throws an error named `WireError` when it is not one of OTLP's. */
  readonly accept: (signal: ChunkSignal, body: Uint8Array) => Promise<Received>;
}

export interface GrpcServer {
  readonly port: number;
  stop(): Promise<void>;
}

const stopGraceMs = 1_000;
/** Most connections at once; senders on one machine are few. */
const maxConnections = 128;

/**
 * OTLP/gRPC on a loopback port: the three export services, gzip, the limit of OTLP/HTTP on sizes.
 * This module brings `@grpc/grpc-js`; load it only when gRPC is asked for.
 * @throws when the port is taken.
 */
export async function startGrpcServer(options: GrpcOptions): Promise<GrpcServer> {
  // Errors are answered or thrown; the library would print them on stderr as well.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': maxBodyBytes,
    'grpc.max_concurrent_streams': 64,
    'grpc.max_connection_idle_ms': 10 * 60_000,
    'grpc.keepalive_time_ms': 60_000,
    interceptors: [guardCalls(options)],
  });
  for (const signal of chunkSignals) {
    server.addService(serviceOf(signal), {
      Export: (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
        void answer(signal, call, respond, options),
    });
  }
  // A listener of our own: the library's cannot bound how many connect.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.setNoDelay(true);
    injector.injectConnection(socket);
  });
  listener.maxConnections = maxConnections;
  const port = await listen(listener, options.port);
  const stop = async (): Promise<void> => {
    listener.close();
    injector.drain(stopGraceMs);
    await shutDown(server);
    injector.destroy();
    for (const socket of sockets) socket.destroy();
  };
  return { port, stop };
}

function listen(listener: NetServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      listener.removeListener('error', reject);
      resolve((listener.address() as AddressInfo).port);
    });
  });
}

async function answer(
  signal: ChunkSignal,
  call: ServerUnaryCall<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
  { accept }: GrpcOptions,
): Promise<void> {
  try {
    respond(null, encodeResponse(await accept(signal, call.request)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isBad = isBadRequest(error);
    respond(failure(isBad ? status.INVALID_ARGUMENT : status.INTERNAL, message));
  }
}

function isBadRequest(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'WireError' || (error as { status?: unknown }).status === 400;
}

/** Lets calls that run finish, but not for long. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, stopGraceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
