import type { ServiceDefinition } from '@grpc/grpc-js';
import type { ChunkSignal } from '../store.js';

const names: Readonly<Record<ChunkSignal, string>> = {
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
};

/** Messages stay bytes: the collector's own decoder reads them. */
const asIs = (bytes: Buffer): Buffer => bytes;

/** The one method of a signal's OTLP/gRPC service. */
export function serviceOf(signal: ChunkSignal): ServiceDefinition {
  return {
    Export: {
      path: `/opentelemetry.proto.collector.${names[signal]}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}
