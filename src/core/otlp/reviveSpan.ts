import type {
  Attributes,
  AttributeValue,
  LogRecord,
  Scope,
  Span,
  StatusCode,
} from '../trace/model.js';
import { readMessage, type WireObject, type WireValue } from './readMessage.js';
import { logRecord, resource, scope, span } from './schema.js';
import { WireReader } from './wireReader.js';

/** A whole span from the bytes of its message; for details and descriptions, not for the flood. */
export function decodeSpan(bytes: Uint8Array, resource: Attributes, scope: Scope): Span {
  const wire = readMessage(span, new WireReader(bytes), bytes.length);
  const status = objectOf(wire.status);
  const parent = textOf(wire.parentSpanId);
  return {
    traceId: textOf(wire.traceId),
    spanId: textOf(wire.spanId),
    ...(parent === '' ? {} : { parentSpanId: parent }),
    name: textOf(wire.name),
    kind: numberOf(wire.kind),
    startNanos: nanosOf(wire.startTimeUnixNano),
    endNanos: nanosOf(wire.endTimeUnixNano),
    status: { code: toStatusCode(numberOf(status.code)), message: textOf(status.message) },
    attributes: attributesOf(wire.attributes),
    events: listOf(wire.events).map((event) => ({
      name: textOf(event.name),
      timeNanos: nanosOf(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    links: listOf(wire.links).map((link) => ({
      traceId: textOf(link.traceId),
      spanId: textOf(link.spanId),
      attributes: attributesOf(link.attributes),
    })),
    resource,
    scope,
  };
}

export function decodeLogRecord(bytes: Uint8Array, resource: Attributes, scope: Scope): LogRecord {
  const wire = readMessage(logRecord, new WireReader(bytes), bytes.length);
  const traceId = textOf(wire.traceId);
  const spanId = textOf(wire.spanId);
  const time = nanosOf(wire.timeUnixNano);
  return {
    timeNanos: time === 0n ? nanosOf(wire.observedTimeUnixNano) : time,
    ...(/^0*$/.test(traceId) ? {} : { traceId }),
    ...(/^0*$/.test(spanId) ? {} : { spanId }),
    severityNumber: numberOf(wire.severityNumber),
    severityText: textOf(wire.severityText),
    body: wire.body === undefined ? null : anyValueOf(objectOf(wire.body)),
    eventName: textOf(wire.eventName),
    attributes: attributesOf(wire.attributes),
    resource,
    scope,
  };
}

export function decodeResource(bytes: Uint8Array): Attributes {
  return attributesOf(readMessage(resource, new WireReader(bytes), bytes.length).attributes);
}

export function decodeScope(bytes: Uint8Array): Scope {
  const wire = readMessage(scope, new WireReader(bytes), bytes.length);
  return { name: textOf(wire.name), version: textOf(wire.version) };
}

/** Later keys win, as in every OpenTelemetry SDK; any key is data, `__proto__` too. */
export function attributesOf(list: WireValue | undefined): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  for (const { key, value } of listOf(list)) {
    attributes[textOf(key)] = value === undefined ? null : anyValueOf(objectOf(value));
  }
  return attributes;
}

function anyValueOf(value: WireObject): AttributeValue {
  if ('stringValue' in value) return textOf(value.stringValue);
  if ('boolValue' in value) return value.boolValue === true;
  if ('intValue' in value) {
    const integer = Number(value.intValue);
    return Number.isSafeInteger(integer) ? integer : textOf(value.intValue);
  }
  if ('doubleValue' in value) return value.doubleValue as number | string;
  if ('bytesValue' in value) return textOf(value.bytesValue);
  if ('arrayValue' in value) return listOf(objectOf(value.arrayValue).values).map(anyValueOf);
  if ('kvlistValue' in value) return attributesOf(objectOf(value.kvlistValue).values);
  return null;
}

function textOf(value: WireValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: WireValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function nanosOf(value: WireValue | undefined): bigint {
  return typeof value === 'string' ? BigInt(value) : 0n;
}

function objectOf(value: WireValue | undefined): WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listOf(value: WireValue | undefined): WireObject[] {
  return Array.isArray(value) ? (value as WireObject[]) : [];
}

function toStatusCode(code: number): StatusCode {
  return code === 1 || code === 2 ? code : 0;
}
