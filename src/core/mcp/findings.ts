/** What the shim notices about how a server or client speaks; OTLP logs with a kind. */
import type { AttributeValue, LogRecord, Nanos, SpanRef } from '../trace/model.js';
import { eventNames, own } from './conventions.js';

export type FindingKind =
  /** A line on the server's stdout that is not JSON-RPC. */
  | 'stdout_pollution'
  /** A line from the client that is not JSON-RPC. */
  | 'client_pollution'
  /** An answer to nobody's question. */
  | 'orphan_answer'
  /** A request with an id that still waits for its answer. */
  | 'duplicate_id'
  /** A `traceparent` that is not one. */
  | 'malformed_traceparent'
  /** The server ended while calls were running. */
  | 'server_exit'
  /** Telemetry was lost; the text says how much and why. */
  | 'telemetry_dropped'
  /** The server's runtime was started in a way that loads no hook; the index answers instead. */
  | 'hooks_refused'
  /** A redaction pattern of the user's took too long; what it was held against is hidden. */
  | 'slow_redaction'
  /** A hook failed inside the server, which did not notice. */
  | 'hook_failed'
  /** An HTTP exchange that the protocol does not allow. */
  | 'http_violation';

const severities: Record<FindingKind, readonly [number, string]> = {
  stdout_pollution: [13, 'WARN'],
  client_pollution: [13, 'WARN'],
  orphan_answer: [13, 'WARN'],
  duplicate_id: [13, 'WARN'],
  malformed_traceparent: [13, 'WARN'],
  server_exit: [17, 'ERROR'],
  telemetry_dropped: [13, 'WARN'],
  hooks_refused: [9, 'INFO'],
  slow_redaction: [13, 'WARN'],
  hook_failed: [13, 'WARN'],
  http_violation: [13, 'WARN'],
};

export function findingLog(
  kind: FindingKind,
  detail: string,
  timeNanos: Nanos,
  span: SpanRef | null,
  attributes: Record<string, AttributeValue> = {},
): Omit<LogRecord, 'resource' | 'scope'> {
  const [severityNumber, severityText] = severities[kind];
  return {
    timeNanos,
    ...(span ?? {}),
    severityNumber,
    severityText,
    body: detail,
    eventName: eventNames.finding,
    attributes: { [own.findingKind]: kind, ...attributes },
  };
}
