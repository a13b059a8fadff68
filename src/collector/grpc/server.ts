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
const retryAfterSeconds = 1;

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
    'grpc.max_concurrent_streams': 128,
    'grpc.max_connection_idle_ms': 10 * 60_000,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.so_reuseport': 0,
  });
  for (const signal of chunkSignals) {
    server.addService(serviceOf(signal), {
      Export: (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
        void answer(signal, call, respond, options),
    });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      `127.0.0.1:${options.port}`,
      ServerCredentials.createInsecure(),
      (error, bound) => (error ? reject(error) : resolve(bound)),
    );
  });
  return { port, stop: () => stop(server) };
}

async function answer(
  signal: ChunkSignal,
  call: ServerUnaryCall<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
  { admits, isFull, accept }: GrpcOptions,
): Promise<void> {
  const [authorization] = call.metadata.get('authorization');
  if (!admits(authorization?.toString())) {
    respond(failure(status.UNAUTHENTICATED, 'the token is missing or wrong'));
    return;
  }
  if (isFull()) {
    const message = 'too much waits to be stored';
    respond(failure(status.RESOURCE_EXHAUSTED, message, retryAfterSeconds));
    return;
  }
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
function stop(server: Server): Promise<void> {
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
