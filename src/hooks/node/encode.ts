/** OTLP/JSON as the collector reads it; written by hand, since a hook must stay small. */
import { eventNames, scopes } from '../../core/mcp/conventions.js';
import type { Attributes, AttributeValue } from '../../core/trace/model.js';
import type { JsonBytes } from './jsonBytes.js';
import { kept } from './kept.js';
import type { EventRecord, LogRecord, SpanRecord } from './records.js';
import type { SpanSource } from './telemetry.js';

type Json = Record<string, unknown>;

interface Group {
  readonly scope: string;
  readonly scopeVersion: string;
  spans: string;
}

/** A request with all that the sources give; most of a server's spans are one plain call each. */
export function writeSpans(
  out: JsonBytes,
  resource: Attributes,
  sources: readonly SpanSource[],
): void {
  const opening = `{"resourceSpans":[{"resource":{"attributes":[${textOfAttributes(resource)}]},"scopeSpans":[`;
  out.clear();
  out.text(opening);
  out.text(`{"scope":${nameScope(scopes.nodeHook, '')},"spans":[`);
  const others: SpanRecord[] = [];
  const first = out.length;
  for (const source of sources) {
    if (!source.writeTo?.(out)) others.push(...source.toSpans());
  }
  // Each begins with a comma.
  if (out.length > first) out.setAscii(first, ' ', 0, 1);
  out.text(']}');
  for (const { scope, scopeVersion, spans } of groupByScope(others)) {
    out.text(`,{"scope":${nameScope(scope, scopeVersion)},"spans":[${spans}]}`);
  }
  out.text(']}]}');
}

function nameScope(name: string, version: string): string {
  return JSON.stringify({ name, version });
}

function groupByScope(spans: readonly SpanRecord[]): Group[] {
  const groups: Group[] = [];
  for (const span of spans) {
    const { scope, scopeVersion } = span;
    const group = groups.find((one) => one.scope === scope && one.scopeVersion === scopeVersion);
    if (group) group.spans += `,${encodeSpan(span)}`;
    else groups.push({ scope, scopeVersion, spans: encodeSpan(span) });
  }
  return groups;
}

export function encodeLogs(resource: Attributes, logs: readonly LogRecord[]): string {
  const scopeLogs = [{ scope: { name: scopes.nodeHook }, logRecords: logs.map(encodeLog) }];
  return JSON.stringify({
    resourceLogs: [{ resource: { attributes: encodeAttributes(resource) }, scopeLogs }],
  });
}

/** As text from the start: spans are most of what is sent, and the server pays for each. */
function encodeSpan(span: SpanRecord): string {
  const { code } = span.status;
  const message = kept.words(span.status.message);
  let attributes = '';
  for (const part of span.attributes) {
    const text = textOfAttributes(part);
    if (text !== '') attributes += attributes === '' ? text : `,${text}`;
  }
  const parent = span.parentSpanId ? `"parentSpanId":"${span.parentSpanId}",` : '';
  const events =
    span.events.length > 0 ? `,"events":${JSON.stringify(span.events.map(encodeEvent))}` : '';
  const links = span.links.length > 0 ? `,"links":${JSON.stringify(span.links)}` : '';
  const reason = message ? `,"message":${JSON.stringify(message)}` : '';
  return `{"traceId":"${span.traceId}","spanId":"${span.spanId}",${parent}"name":${quote(kept.name(span.name))},"kind":${span.kind},"startTimeUnixNano":"${nanosText(span.startMs)}","endTimeUnixNano":"${nanosText(span.endMs)}","attributes":[${attributes}]${events}${links},"status":{"code":${code}${reason}}}`;
}

const maxQuoted = 1000;
const quoted = new Map<string, string>();

/** Names of spans repeat; they come from tools, so only so many are kept. */
export function quote(name: string): string {
  const known = quoted.get(name);
  if (known !== undefined) return known;
  const made = JSON.stringify(name);
  if (quoted.size < maxQuoted) quoted.set(name, made);
  return made;
}

/** The place of a handler and the attributes of a method are the same objects in every call. */
const encoded = new WeakMap<Attributes, string>();

export function textOfAttributes(attributes: Attributes): string {
  const known = encoded.get(attributes);
  if (known !== undefined) return known;
  const text = encodeAttributes(attributes)
    .map((attribute) => JSON.stringify(attribute))
    .join(',');
  encoded.set(attributes, text);
  return text;
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
    body: { stringValue: isOurs(log) ? log.body : kept.words(log.body) },
    attributes: encodeAttributes(log.attributes),
    ...(log.ids ? { traceId: log.ids.traceId, spanId: log.ids.spanId } : {}),
  };
}

/** What the hook itself has to say; the rest are words of the server. */
function isOurs({ eventName }: LogRecord): boolean {
  return eventName === eventNames.handler || eventName === eventNames.hook;
}

/** Nanoseconds in decimal; whole numbers become text much faster than large ones. */
function nanosText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.floor((ms - seconds * 1000) * 1e6);
  return `${seconds}${String(nanos).padStart(9, '0')}`;
}

function encodeAttributes(attributes: Attributes): Json[] {
  return Object.keys(attributes).map((key) => ({
    key,
    value: encodeValue(kept.attribute(key, attributes[key] ?? null)),
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
