/** Spans and logs as OTLP requests, by OpenTelemetry's own encoder. */
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Attributes, LogRecord, Nanos, Span } from '../../core/trace/model.js';

type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];
type ReadableLog = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];
type HrTime = ReadableSpan['startTime'];

const billion = 1_000_000_000n;

function hrTime(nanos: Nanos): HrTime {
  return [Number(nanos / billion), Number(nanos % billion)];
}

const resources = new WeakMap<object, ReadableSpan['resource']>();

/** The encoder groups by the identity of the resource. */
function resourceOf(attributes: Attributes): ReadableSpan['resource'] {
  const known = resources.get(attributes);
  if (known) return known;
  const resource = { attributes } as unknown as ReadableSpan['resource'];
  resources.set(attributes, resource);
  return resource;
}

function readableSpan(span: Span): ReadableSpan {
  const start = hrTime(span.startNanos);
  const context = (spanId: string) => ({ traceId: span.traceId, spanId, traceFlags: 1 });
  return {
    name: span.name,
    // The API counts kinds from 0, OTLP from 1.
    kind: span.kind - 1,
    spanContext: () => context(span.spanId),
    ...(span.parentSpanId ? { parentSpanContext: context(span.parentSpanId) } : {}),
    startTime: start,
    endTime: hrTime(span.endNanos),
    status: span.status,
    attributes: span.attributes as ReadableSpan['attributes'],
    links: span.links.map((link) => ({
      context: { traceId: link.traceId, spanId: link.spanId, traceFlags: 1 },
    })),
    events: span.events.map((event) => ({
      name: event.name,
      time: hrTime(event.timeNanos),
      attributes: event.attributes as ReadableSpan['attributes'],
      droppedAttributesCount: 0,
    })),
    duration: [0, 0],
    ended: true,
    resource: resourceOf(span.resource),
    instrumentationScope: span.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function readableLog(log: LogRecord): ReadableLog {
  const time = hrTime(log.timeNanos);
  return {
    hrTime: time,
    hrTimeObserved: time,
    ...(log.traceId && log.spanId
      ? { spanContext: { traceId: log.traceId, spanId: log.spanId, traceFlags: 1 } }
      : {}),
    severityText: log.severityText,
    severityNumber: log.severityNumber,
    body: log.body as string,
    eventName: log.eventName,
    resource: resourceOf(log.resource),
    instrumentationScope: log.scope,
    attributes: log.attributes as ReadableLog['attributes'],
    droppedAttributesCount: 0,
  };
}

const empty = new Uint8Array(0);

export function encodeSpans(spans: readonly Span[]): Uint8Array {
  return ProtobufTraceSerializer.serializeRequest(spans.map(readableSpan)) ?? empty;
}

export function encodeLogs(logs: readonly LogRecord[]): Uint8Array {
  return ProtobufLogsSerializer.serializeRequest(logs.map(readableLog)) ?? empty;
}
