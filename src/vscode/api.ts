import type { TraceRequests } from '../core/protocol.js';
import type { CollectorClient } from './collector/collectorClient.js';

/** What `vscode.extensions.getExtension('spanpath.spanpath').exports` offers to other extensions. */
export interface SpanpathApi {
  /** Reads recorded traces; the requests are those of the trace view (`TraceRequests`). */
  request<M extends keyof TraceRequests & string>(
    method: M,
    params: TraceRequests[M]['params'],
  ): Promise<TraceRequests[M]['result']>;
}

export function createApi(
  collector: CollectorClient,
  allowed: readonly (keyof TraceRequests)[],
): SpanpathApi {
  return {
    request: (method, params) => {
      if (!allowed.includes(method)) {
        return Promise.reject(new Error(`Spanpath answers no request '${method}'`));
      }
      return collector.request(method, params);
    },
  };
}
