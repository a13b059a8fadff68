import { factKeys } from '../../../src/core/otlp/factKeys.js';
import type { Interner } from '../../../src/core/otlp/interner.js';
import { idWords, type TraceBatch } from '../../../src/core/otlp/traceBatch.js';

interface LongLike {
  readonly low: number;
  readonly high: number;
}
interface GeneratedSpan {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId?: Uint8Array | null;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: LongLike;
  readonly endTimeUnixNano: LongLike;
  readonly status?: { readonly code: number } | null;
  readonly attributes: readonly {
    readonly key: string;
    readonly value?: { readonly stringValue?: string | null } | null;
  }[];
}

const places = new Map<string, number>(factKeys.map((key, place) => [key, place]));

/** What the generated class decoded, as the same columns that our decoder fills. */
export function normaliseGenerated(
  request: {
    readonly resourceSpans: readonly {
      readonly scopeSpans: readonly { readonly spans: readonly GeneratedSpan[] }[];
    }[];
  },
  interner: Interner,
  batch: TraceBatch,
): void {
  batch.reset(new Uint8Array());
  for (const resource of request.resourceSpans) {
    for (const scope of resource.scopeSpans)
      for (const span of scope.spans) put(span, interner, batch);
  }
}

function put(span: GeneratedSpan, interner: Interner, batch: TraceBatch): void {
  batch.reserve();
  const row = batch.count++;
  const id = row * idWords;
  words(span.traceId, batch.ids, id);
  words(span.spanId, batch.ids, id + 4);
  batch.ids[id + 6] = 0;
  batch.ids[id + 7] = 0;
  if (span.parentSpanId) words(span.parentSpanId, batch.ids, id + 6);
  batch.times[row * 4] = span.startTimeUnixNano.low;
  batch.times[row * 4 + 1] = span.startTimeUnixNano.high;
  batch.times[row * 4 + 2] = span.endTimeUnixNano.low;
  batch.times[row * 4 + 3] = span.endTimeUnixNano.high;
  batch.names[row] = interner.idOfText(span.name);
  batch.kinds[row] = span.kind;
  batch.statuses[row] = span.status?.code ?? 0;
  batch.facts.fill(0, row * factKeys.length, (row + 1) * factKeys.length);
  for (const { key, value } of span.attributes) {
    const place = places.get(key);
    if (place !== undefined && typeof value?.stringValue === 'string') {
      batch.facts[row * factKeys.length + place] = interner.idOfText(value.stringValue);
    }
  }
}

function words(bytes: Uint8Array, into: Uint32Array, at: number): void {
  for (let byte = 0; byte + 3 < bytes.length; byte += 4) {
    into[at + byte / 4] =
      ((bytes[byte]! << 24) |
        (bytes[byte + 1]! << 16) |
        (bytes[byte + 2]! << 8) |
        bytes[byte + 3]!) >>>
      0;
  }
}
