import { encodeText } from './text.js';

/**
 * The messages of OTLP 1.11 as field tables: what the JSON transcoder, the generic reader and the
 * validator walk. Names are those of the JSON encoding. Source: opentelemetry-proto.
 */

export type Scalar =
  | 'string'
  | 'bytes'
  /** Bytes that JSON spells in hex: trace and span ids. */
  | 'id'
  | 'bool'
  | 'double'
  | 'int64'
  | 'uint64'
  | 'uint32'
  | 'sint32'
  | 'enum'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64';

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: Scalar | Message;
  readonly repeated: boolean;
}

export class Message {
  readonly byNumber: (Field | undefined)[] = [];
  readonly byName = new Map<string, Field>();
  /** A bad one is left out and counted; the rest of the request is kept. */
  readonly rejectable: boolean;

  /** By length of the name: fields with its spelled bytes. */
  private readonly byLength: { readonly bytes: Uint8Array; readonly field: Field }[][] = [];

  constructor(
    readonly name: string,
    options?: { rejectable: true },
  ) {
    this.rejectable = options?.rejectable ?? false;
  }

  /** `'name*': [number, type]`; the star means repeated. */
  define(fields: Readonly<Record<string, readonly [number, Scalar | Message]>>): this {
    for (const [spelled, [number, type]] of Object.entries(fields)) {
      const repeated = spelled.endsWith('*');
      const name = repeated ? spelled.slice(0, -1) : spelled;
      const field: Field = { number, name, type, repeated };
      this.byNumber[number] = field;
      // The protobuf JSON mapping also accepts the original names.
      const original = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const spelling of new Set([name, original])) {
        this.byName.set(spelling, field);
        const list = this.byLength[spelling.length] ?? [];
        list.push({ bytes: encodeText(spelling), field });
        this.byLength[spelling.length] = list;
      }
    }
    return this;
  }

  /** The field whose name a range of ASCII spells. */
  findField(bytes: Uint8Array, from: number, to: number): Field | undefined {
    const candidates = this.byLength[to - from];
    if (candidates === undefined) return undefined;
    next: for (const { bytes: name, field } of candidates) {
      for (let at = 0; at < name.length; at++) if (name[at] !== bytes[from + at]) continue next;
      return field;
    }
    return undefined;
  }
}

export const anyValue = new Message('AnyValue');
export const keyValue = new Message('KeyValue').define({
  key: [1, 'string'],
  value: [2, anyValue],
});
const arrayValue = new Message('ArrayValue').define({ 'values*': [1, anyValue] });
const keyValueList = new Message('KeyValueList').define({ 'values*': [1, keyValue] });
anyValue.define({
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int64'],
  doubleValue: [4, 'double'],
  arrayValue: [5, arrayValue],
  kvlistValue: [6, keyValueList],
  bytesValue: [7, 'bytes'],
});

const attributes = [9, keyValue] as const;
export const scope = new Message('InstrumentationScope').define({
  name: [1, 'string'],
  version: [2, 'string'],
  'attributes*': [3, keyValue],
  droppedAttributesCount: [4, 'uint32'],
});
export const resource = new Message('Resource').define({
  'attributes*': [1, keyValue],
  droppedAttributesCount: [2, 'uint32'],
});

const spanEvent = new Message('Event').define({
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'string'],
  'attributes*': [3, keyValue],
  droppedAttributesCount: [4, 'uint32'],
});
const spanLink = new Message('Link').define({
  traceId: [1, 'id'],
  spanId: [2, 'id'],
  traceState: [3, 'string'],
  'attributes*': [4, keyValue],
  droppedAttributesCount: [5, 'uint32'],
  flags: [6, 'fixed32'],
});
const spanStatus = new Message('Status').define({ message: [2, 'string'], code: [3, 'enum'] });
export const span = new Message('Span', { rejectable: true }).define({
  traceId: [1, 'id'],
  spanId: [2, 'id'],
  traceState: [3, 'string'],
  parentSpanId: [4, 'id'],
  name: [5, 'string'],
  kind: [6, 'enum'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  'attributes*': attributes,
  droppedAttributesCount: [10, 'uint32'],
  'events*': [11, spanEvent],
  droppedEventsCount: [12, 'uint32'],
  'links*': [13, spanLink],
  droppedLinksCount: [14, 'uint32'],
  status: [15, spanStatus],
  flags: [16, 'fixed32'],
});

/** Messages inside a span apart from attributes and status, by field number. */
export const spanMessages: readonly (Message | undefined)[] = Object.assign([], {
  11: spanEvent,
  13: spanLink,
});

export const logRecord = new Message('LogRecord', { rejectable: true }).define({
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'enum'],
  severityText: [3, 'string'],
  body: [5, anyValue],
  'attributes*': [6, keyValue],
  droppedAttributesCount: [7, 'uint32'],
  flags: [8, 'fixed32'],
  traceId: [9, 'id'],
  spanId: [10, 'id'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
});

const exemplar = new Message('Exemplar').define({
  timeUnixNano: [2, 'fixed64'],
  asDouble: [3, 'double'],
  spanId: [4, 'id'],
  traceId: [5, 'id'],
  asInt: [6, 'sfixed64'],
  'filteredAttributes*': [7, keyValue],
});
const times = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] } as const;
const numberPoint = new Message('NumberDataPoint').define({
  ...times,
  asDouble: [4, 'double'],
  'exemplars*': [5, exemplar],
  asInt: [6, 'sfixed64'],
  'attributes*': [7, keyValue],
  flags: [8, 'uint32'],
});
const histogramPoint = new Message('HistogramDataPoint').define({
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  'bucketCounts*': [6, 'fixed64'],
  'explicitBounds*': [7, 'double'],
  'exemplars*': [8, exemplar],
  'attributes*': attributes,
  flags: [10, 'uint32'],
  min: [11, 'double'],
  max: [12, 'double'],
});
const buckets = new Message('Buckets').define({
  offset: [1, 'sint32'],
  'bucketCounts*': [2, 'uint64'],
});
const exponentialPoint = new Message('ExponentialHistogramDataPoint').define({
  ...times,
  'attributes*': [1, keyValue],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  scale: [6, 'sint32'],
  zeroCount: [7, 'fixed64'],
  positive: [8, buckets],
  negative: [9, buckets],
  flags: [10, 'uint32'],
  'exemplars*': [11, exemplar],
  min: [12, 'double'],
  max: [13, 'double'],
  zeroThreshold: [14, 'double'],
});
const quantile = new Message('ValueAtQuantile').define({
  quantile: [1, 'double'],
  value: [2, 'double'],
});
const summaryPoint = new Message('SummaryDataPoint').define({
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  'quantileValues*': [6, quantile],
  'attributes*': [7, keyValue],
  flags: [8, 'uint32'],
});
const temporality = [2, 'enum'] as const;
export const metric = new Message('Metric', { rejectable: true }).define({
  name: [1, 'string'],
  description: [2, 'string'],
  unit: [3, 'string'],
  gauge: [5, new Message('Gauge').define({ 'dataPoints*': [1, numberPoint] })],
  sum: [
    7,
    new Message('Sum').define({
      'dataPoints*': [1, numberPoint],
      aggregationTemporality: temporality,
      isMonotonic: [3, 'bool'],
    }),
  ],
  histogram: [
    9,
    new Message('Histogram').define({
      'dataPoints*': [1, histogramPoint],
      aggregationTemporality: temporality,
    }),
  ],
  exponentialHistogram: [
    10,
    new Message('ExponentialHistogram').define({
      'dataPoints*': [1, exponentialPoint],
      aggregationTemporality: temporality,
    }),
  ],
  summary: [11, new Message('Summary').define({ 'dataPoints*': [1, summaryPoint] })],
  'metadata*': [12, keyValue],
});

/** One of the three requests; scoped groups and records have the same field numbers in each. */
export interface Signal {
  readonly path: 'traces' | 'logs' | 'metrics';
  readonly request: Message;
  readonly scoped: Message;
  readonly record: Message;
}

function signal(path: Signal['path'], stem: string, records: string, record: Message): Signal {
  const scoped = new Message(`Scope${stem}`).define({
    scope: [1, scope],
    [`${records}*`]: [2, record],
    schemaUrl: [3, 'string'],
  });
  const grouped = new Message(`Resource${stem}`).define({
    resource: [1, resource],
    [`scope${stem}*`]: [2, scoped],
    schemaUrl: [3, 'string'],
  });
  const request = new Message(`Export${stem}Request`).define({
    [`resource${stem}*`]: [1, grouped],
  });
  return { path, request, scoped, record };
}

export const traces = signal('traces', 'Spans', 'spans', span);
export const logs = signal('logs', 'Logs', 'logRecords', logRecord);
export const metrics = signal('metrics', 'Metrics', 'metrics', metric);
export const signals = { traces, logs, metrics } as const;
