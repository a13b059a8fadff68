import type { Attributes, AttributeValue, Span } from '../trace/model.js';
import type { WireObject, WireValue } from './readMessage.js';
import { traces } from './schema.js';
import { encodeMessage } from './writeMessage.js';

/** A span in the shape of OTLP's JSON encoding. */
export function toWireSpan(span: Span): WireObject {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startNanos),
    endTimeUnixNano: String(span.endNanos),
    attributes: toKeyValues(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: String(event.timeNanos),
      name: event.name,
      attributes: toKeyValues(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: toKeyValues(link.attributes),
    })),
    status: { code: span.status.code, message: span.status.message },
  };
}

/** An `ExportTraceServiceRequest` of one span. */
export function encodeSpanRequest(span: Span): Uint8Array<ArrayBuffer> {
  const request = {
    resourceSpans: [
      {
        resource: { attributes: toKeyValues(span.resource) },
        scopeSpans: [{ scope: { ...span.scope }, spans: [toWireSpan(span)] }],
      },
    ],
  };
  return encodeMessage(traces.request, request, { count: 0, firstReason: null });
}

export function toKeyValues(attributes: Attributes): WireValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: AttributeValue): WireObject {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      if (value === null) return {};
      if (Array.isArray(value)) {
        return { arrayValue: { values: (value as readonly AttributeValue[]).map(toAnyValue) } };
      }
      return { kvlistValue: { values: toKeyValues(value as Attributes) } };
  }
}
