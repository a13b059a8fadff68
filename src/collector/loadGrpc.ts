import type { GrpcOptions, GrpcServer } from './grpc/server.js';

/**
 * Starts the gRPC receiver. Its library is large, so that it is a bundle of its own which is read
 * by this call and not before. @throws when the port is taken.
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const { startGrpcServer } = await import('./grpc/server.js');
  return startGrpcServer(options);
}
