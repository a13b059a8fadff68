/**
 * The domain's words: spans as OpenTelemetry defines them, and what Spanpath adds.
 * Times are nanoseconds since the Unix epoch; a bigint inside, a decimal string on any wire.
 */

export type Nanos = bigint & { readonly __unit?: 'ns' };
/** A `Nanos` spelled in decimal, for JSON and `postMessage`. */
export type NanosText = string;

/**
 * An attribute value as JSON can carry it. An int64 that a double cannot hold is a decimal
 * string; bytes are base64.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** OTLP `SpanKind`: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = number;
/** OTLP `StatusCode`: 0 unset, 1 ok, 2 error. */
export type StatusCode = 0 | 1 | 2;

export interface SpanEvent {
  readonly name: string;
  readonly timeNanos: Nanos;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

/** One finished span, decoded. Ids are lower-case hex (32 and 16 digits). */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for a root. Reported data: may be missing, cyclic or the span itself. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startNanos: Nanos;
  readonly endNanos: Nanos;
  readonly status: { readonly code: StatusCode; readonly message: string };
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly resource: Attributes;
  readonly scope: Scope;
}

/** One log record, decoded; joined to a span where the ids are there. */
export interface LogRecord {
  readonly timeNanos: Nanos;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AttributeValue;
  readonly eventName: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: Scope;
}

/** How a call ended; the values of the span attribute `spanpath.outcome`. */
export const outcomes = [
  'ok',
  'tool_error',
  'protocol_error',
  'payload_error',
  'cancelled',
  'timeout',
  'abandoned',
  'transport_error',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Who speaks in a span, from the outside in. */
export const layers = [
  'workflow',
  'agent',
  'llm',
  'tool',
  'mcp-client',
  'wire',
  'mcp-server',
  'internal',
] as const;
export type Layer = (typeof layers)[number];

export interface SpanRef {
  readonly traceId: string;
  readonly spanId: string;
}
