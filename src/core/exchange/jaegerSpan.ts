import { WireError } from '../otlp/wireReader.js';

export interface JaegerTag {
  readonly key: string;
  readonly type?: string;
  readonly value: unknown;
}

/** One span as Jaeger's query API and UI write it (`model/json` of Jaeger); times in µs. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly parentSpanID?: string;
  readonly flags?: number;
  readonly operationName?: string;
  readonly references?: readonly { refType?: string; traceID: string; spanID: string }[];
  readonly startTime: number | string;
  readonly duration: number | string;
  readonly tags?: readonly JaegerTag[];
  readonly logs?: readonly { timestamp: number | string; fields?: readonly JaegerTag[] }[];
  readonly processID?: string;
  readonly process?: unknown;
  readonly warnings?: readonly string[] | null;
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
/** Tags that have a field of their own in OTLP (OpenTelemetry specification, Jaeger compatibility). */
const fieldTags = new Set([
  'span.kind',
  'error',
  'otel.status_code',
  'otel.status_description',
  'w3c.tracestate',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'internal.span.format',
]);

/**
 * A span in the shape of OTLP JSON, and its scope.
 * @throws WireError when ids or times are not what they should be.
 */
export function toOtlpSpan(value: unknown): { span: unknown; scope: unknown } {
  if (typeof value !== 'object' || value === null) throw new WireError('a span is not an object');
  const span = value as JaegerSpan;
  const traceId = paddedId(span.traceID, 32, 'traceID');
  const tags = listOf(span.tags);
  const tag = (key: string) => tags.find((candidate) => candidate.key === key)?.value;
  const references = listOf(span.references);
  const parent = references.find(
    (reference) =>
      reference.refType !== 'FOLLOWS_FROM' &&
      paddedId(reference.traceID, 32, 'traceID') === traceId,
  );
  const parentId = parent?.spanID ?? span.parentSpanID;
  const start = nanosOf(span.startTime, 'startTime');
  const end = start + nanosOf(span.duration, 'duration');
  const warnings = listOf(span.warnings);
  return {
    span: {
      traceId,
      spanId: paddedId(span.spanID, 16, 'spanID'),
      ...(parentId && !/^0*$/.test(parentId)
        ? { parentSpanId: paddedId(parentId, 16, 'parentSpanID') }
        : {}),
      traceState: String(tag('w3c.tracestate') ?? ''),
      name: String(span.operationName ?? ''),
      kind: Math.max(0, kinds.indexOf(String(tag('span.kind') ?? '').toLowerCase())),
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(end),
      attributes: [
        ...attributesOfTags(tags.filter(({ key, value }) => !isField(key, value))),
        ...(warnings.length === 0
          ? []
          : attributesOfTags([{ key: 'jaeger.warnings', value: JSON.stringify(warnings) }])),
      ],
      events: listOf(span.logs).map((log) => toEvent(log)),
      links: references
        .filter((reference) => reference !== parent)
        .map((reference) => ({
          traceId: paddedId(reference.traceID, 32, 'traceID'),
          spanId: paddedId(reference.spanID, 16, 'spanID'),
          attributes: attributesOfTags([
            { key: 'opentracing.ref_type', value: String(reference.refType).toLowerCase() },
          ]),
        })),
      status: {
        code: statusCode(tag('otel.status_code'), tag('error')),
        message: String(tag('otel.status_description') ?? ''),
      },
      flags: Number.isInteger(span.flags) ? Number(span.flags) & 0xff : 0,
    },
    scope: {
      name: String(tag('otel.scope.name') ?? tag('otel.library.name') ?? ''),
      version: String(tag('otel.scope.version') ?? tag('otel.library.version') ?? ''),
    },
  };
}

export function attributesOfTags(tags: readonly JaegerTag[]): unknown[] {
  return tags.map(({ key, type, value }) => ({ key: String(key), value: anyValueOf(type, value) }));
}

function isField(key: string, value: unknown): boolean {
  // `error` as a text or an object says more than a status can.
  if (key === 'error') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return fieldTags.has(key);
}

function toEvent(log: NonNullable<JaegerSpan['logs']>[number]): unknown {
  const fields = listOf(log.fields);
  const named =
    fields.find(({ key }) => key === 'event') ?? fields.find(({ key }) => key === 'message');
  return {
    timeUnixNano: String(nanosOf(log.timestamp, 'timestamp')),
    name: named ? String(named.value) : 'log',
    attributes: attributesOfTags(fields.filter((field) => field !== named)),
  };
}

function statusCode(code: unknown, error: unknown): number {
  if (code === 'OK' || code === 'ok') return 1;
  if (code === 'ERROR' || code === 'error') return 2;
  return error === undefined || error === false || error === 'false' ? 0 : 2;
}

function anyValueOf(type: string | undefined, value: unknown): unknown {
  switch (typeof value) {
    case 'boolean':
      return { boolValue: value };
    case 'number': {
      const isInteger =
        Number.isSafeInteger(value) &&
        (typeof type === 'string' ? type.toLowerCase() : undefined) !== 'float64';
      return isInteger ? { intValue: value } : { doubleValue: value };
    }
    case 'string':
      if (type === 'int64' && /^-?\d{1,19}$/.test(value)) return { intValue: value };
      if (type === 'float64' && value !== '' && !Number.isNaN(Number(value))) {
        return { doubleValue: Number(value) };
      }
      if (type === 'bool') return { boolValue: value === 'true' };
      if (type === 'binary') return { bytesValue: value };
      return { stringValue: value };
    default:
      return { stringValue: value === undefined ? '' : JSON.stringify(value) };
  }
}

function paddedId(text: unknown, length: number, name: string): string {
  if (typeof text !== 'string' || !/^[0-9a-f]+$/i.test(text) || text.length > length) {
    throw new WireError(`${name} is not at most ${length} hex digits`);
  }
  const padded = text.padStart(length, '0').toLowerCase();
  if (/^0+$/.test(padded)) throw new WireError(`${name} is zero`);
  return padded;
}

/** µs, whole or with a fraction, to ns without going through a double's loss. */
function nanosOf(micros: unknown, name: string): bigint {
  const text = typeof micros === 'number' && Number.isFinite(micros) ? String(micros) : micros;
  const parts = typeof text === 'string' ? /^(\d{1,17})(?:\.(\d+))?$/.exec(text) : null;
  if (!parts) throw new WireError(`${name} is not a time in microseconds`);
  return BigInt(parts[1]!) * 1000n + BigInt((parts[2] ?? '').slice(0, 3).padEnd(3, '0'));
}

function listOf<T>(value: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(value)
    ? value.filter((element) =>
        typeof element === 'object' ? element !== null : element !== undefined,
      )
    : [];
}
