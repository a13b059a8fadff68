/** What a slot of the index stands for, with what was kept of it. */
import { decodeSpan } from '../core/otlp/reviveSpan.js';
import { describeRow, type RowText } from '../core/trace/describe.js';
import { layers, type Outcome, outcomes, type Span, type SpanRef } from '../core/trace/model.js';
import { flag, noOutcome } from '../core/trace/spanColumns.js';
import type { SpanIndex } from '../core/trace/spanIndex.js';
import type { Definitions } from './definitions.js';
import { exceptionOf } from './exception.js';

/** An index, and where the spans that it lists are kept. */
export interface KeptSpans {
  readonly index: SpanIndex;
  readonly definitions: Definitions;
  readRecord(chunk: number, at: number, length: number): Uint8Array | null;
}

/** Encoded bytes of the span in a slot; null for running calls and placeholders. */
export function bytesAt(kept: KeptSpans, slot: number): Uint8Array | null {
  const { chunk, at, length } = kept.index.columns;
  return chunk[slot]! < 0 ? null : kept.readRecord(chunk[slot]!, at[slot]!, length[slot]!);
}

/** Null for running calls and placeholders. */
export function spanAt(kept: KeptSpans, slot: number): Span | null {
  const bytes = bytesAt(kept, slot);
  if (!bytes) return null;
  const { resource, scope } = kept.index.columns;
  return decodeSpan(
    bytes,
    kept.definitions.resource(resource[slot]!).attributes,
    kept.definitions.scope(scope[slot]!),
  );
}

/** Name of the server that the span belongs to, or ''. */
export function serverAt(kept: KeptSpans, slot: number): string {
  const resource = kept.index.columns.resource[slot]!;
  return resource === -1 ? '' : kept.definitions.resource(resource).server;
}

/** -1 when it has not arrived. */
export function slotOf({ index }: KeptSpans, span: SpanRef): number {
  const slot = index.find(span);
  return slot !== -1 && index.columns.flags[slot]! & flag.present ? slot : -1;
}

export function outcomeAt(kept: KeptSpans, slot: number): Outcome | null {
  const place = kept.index.columns.outcome[slot]!;
  return place === noOutcome ? null : (outcomes[place] ?? null);
}

/** The words of a row for `span`, which is the one in `slot`. */
export function textAt(kept: KeptSpans, slot: number, span: Span): RowText {
  const { columns, names } = kept.index;
  return describeRow({
    spanName: span.name,
    scope: span.scope.name,
    kind: span.kind,
    layer: layers[columns.layer[slot]!] ?? 'internal',
    method: names.text(columns.method[slot]!),
    target: names.text(columns.target[slot]!),
    attributes: span.attributes,
    outcome: outcomeAt(kept, slot),
    exceptionType: exceptionOf(span)?.type ?? '',
  });
}
