/** OTLP/JSON as the collector reads it; written by hand, since a hook must stay small. */
import { scopes } from '../../core/mcp/conventions.js';
import type { Attributes, AttributeValue } from '../../core/trace/model.js';
import type { EventRecord, LogRecord, SpanRecord } from './records.js';

type Json = Record<string, unknown>;

export function encodeSpans(resource: Attributes, spans: readonly SpanRecord[]): string {
  const byScope = new Map<string, SpanRecord[]>();
  for (const span of spans) {
    const key = `${span.scope}\n${span.scopeVersion}`;
    const known = byScope.get(key);
    if (known) known.push(span);
    else byScope.set(key, [span]);
  }
  const scopeSpans = [...byScope.values()].map((group) => ({
    scope: { name: group[0]?.scope, version: group[0]?.scopeVersion },
    spans: group.map(encodeSpan),
  }));
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: encodeAttributes(resource) }, scopeSpans }],
  });
}

export function encodeLogs(resource: Attributes, logs: readonly LogRecord[]): string {
  const scopeLogs = [{ scope: { name: scopes.nodeHook }, logRecords: logs.map(encodeLog) }];
  return JSON.stringify({
    resourceLogs: [{ resource: { attributes: encodeAttributes(resource) }, scopeLogs }],
  });
}

function encodeSpan(span: SpanRecord): Json {
  const { code, message } = span.status;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nanosText(span.startMs),
    endTimeUnixNano: nanosText(span.endMs),
    attributes: encodeAttributes(span.attributes),
    ...(span.events.length > 0 ? { events: span.events.map(encodeEvent) } : {}),
    ...(span.links.length > 0 ? { links: span.links } : {}),
    status: { code, ...(message ? { message } : {}) },
  };
}

function encodeEvent(event: EventRecord): Json {
  return {
    name: event.name,
    timeUnixNano: nanosText(event.timeMs),
    attributes: encodeAttributes(event.attributes),
  };
}

function encodeLog(log: LogRecord): Json {
  return {
    timeUnixNano: nanosText(log.timeMs),
    severityNumber: log.severity,
    eventName: log.eventName,
    body: { stringValue: log.body },
    attributes: encodeAttributes(log.attributes),
    ...(log.ids ? { traceId: log.ids.traceId, spanId: log.ids.spanId } : {}),
  };
}

/** A double holds ms since the epoch to a quarter of a microsecond, ns only as text. */
function nanosText(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}

function encodeAttributes(attributes: Attributes): Json[] {
  return Object.keys(attributes).map((key) => ({
    key,
    value: encodeValue(attributes[key] ?? null),
  }));
}

function encodeValue(value: AttributeValue): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encodeValue) } };
  if (value === null) return {};
  return { kvlistValue: { values: encodeAttributes(value as Attributes) } };
}
