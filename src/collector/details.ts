import { attr, eventNames, own } from '../core/mcp/conventions.js';
import type { SpanDetails, WireMessage } from '../core/protocol.js';
import { foldedInto } from '../core/trace/duplicates.js';
import type { Attributes, AttributeValue, Span, SpanEvent, SpanRef } from '../core/trace/model.js';
import { exceptionOf } from './exception.js';
import type { Places } from './places.js';
import type { Rows } from './rows.js';
import type { Session } from './session.js';
import { timingOf } from './timing.js';
import { isShimLine, linesToldBelow } from './toldTwice.js';

const maxLogs = 1_000;
const maxAncestors = 8;

/** Everything about one span, for the details panel. */
export class Details {
  constructor(
    private readonly session: Session,
    private readonly rows: Rows,
    private readonly places: Places,
  ) {}

  get(ref: SpanRef): SpanDetails | null {
    const { session } = this;
    const slot = session.slotOf(ref);
    if (slot === -1) return null;
    const span = session.readSpan(slot);
    if (!span) return null;
    const { row, originNanos } = this.rows.single(slot);
    const slots = foldedInto(session.index, slot);
    const spans = slots.map((folded) => session.readSpan(folded) ?? span);
    const { resource } = session.index.columns;
    const call = this.callAround(slot, span);
    return {
      row,
      originNanos,
      spanName: span.name,
      kind: span.kind,
      statusMessage: span.status.message,
      attributes: mergeAttributes(spans),
      resource: span.resource,
      scope: span.scope,
      argumentsText: contentOf(call, argumentKeys),
      resultText: contentOf(call, resultKeys),
      events: span.events
        .filter((event) => event.name !== eventNames.message)
        .map(({ name, timeNanos, attributes }) => ({
          name,
          timeNanos: String(timeNanos),
          attributes,
        })),
      links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
      logs: this.logsOf(slots),
      exception: this.exceptionOf(slot, spans),
      wire: call.flatMap((part) => part.events).flatMap(toWireMessage),
      timing: timingOf(this.rows, row),
      sources: [...new Set(spans.map((part) => part.scope.name || 'unknown'))],
      serverCwd: resource[slot] === -1 ? null : session.definitions.resource(resource[slot]!).cwd,
    };
  }

  /** A call's arguments may be told by another link of its chain: the span itself, then those around it. */
  private callAround(slot: number, span: Span): Span[] {
    const { columns, names } = this.session.index;
    const method = columns.method[slot]!;
    const target = columns.target[slot]!;
    if (names.text(target) === '' && names.text(method) === '') return [span];
    const spans = [span];
    let above = columns.parent[slot]!;
    for (let steps = 0; above !== -1 && steps < maxAncestors; steps++) {
      if (columns.target[above] === target && target !== 0) {
        const outer = this.session.readSpan(above);
        if (outer) spans.push(outer);
      }
      above = columns.parent[above]!;
    }
    for (let child = columns.firstChild[slot]!; child !== -1; child = columns.next[child]!) {
      if (columns.target[child] !== target || target === 0) continue;
      const inner = this.session.readSpan(child);
      if (inner) spans.push(inner);
    }
    return spans;
  }

  private logsOf(slots: readonly number[]): SpanDetails['logs'] {
    const logs: SpanDetails['logs'][number][] = [];
    let told: Map<string, number> | undefined;
    for (const slot of slots) {
      for (const entry of this.session.logs.ofSpan(this.session.index.refOf(slot))) {
        if (logs.length >= maxLogs) break;
        const log = this.places.readLog(entry);
        if (!log) continue;
        if (isShimLine(log)) {
          told ??= linesToldBelow(this.session, this.places, slot);
          const line = String(log.body ?? '').trim();
          const left = told.get(line) ?? 0;
          if (left > 0) {
            told.set(line, left - 1);
            continue;
          }
        }
        logs.push({
          timeNanos: String(log.timeNanos),
          severityText: log.severityText,
          body: log.body,
          attributes:
            log.eventName === ''
              ? log.attributes
              : { ...log.attributes, 'event.name': log.eventName },
        });
      }
    }
    return logs.sort((a, b) => (BigInt(a.timeNanos) < BigInt(b.timeNanos) ? -1 : 1));
  }

  /** The span's own exception, or the one of the failed span nearest below a failed one. */
  private exceptionOf(slot: number, spans: readonly Span[]): SpanDetails['exception'] {
    for (const span of spans) {
      const exception = exceptionOf(span);
      if (exception) return exception;
    }
    const { columns } = this.session.index;
    const failed = (at: number) => columns.status[at] === 2;
    let wave = failed(slot) ? [slot] : [];
    for (let read = 0; wave.length > 0 && read < exceptionReads; ) {
      const below: number[] = [];
      for (const parent of wave) {
        for (let child = columns.firstChild[parent]!; child !== -1; child = columns.next[child]!) {
          if (!failed(child)) continue;
          const inner = this.session.readSpan(child);
          const exception = inner && exceptionOf(inner);
          if (exception) return exception;
          below.push(child);
          if (++read === exceptionReads) return null;
        }
      }
      wave = below;
    }
    return null;
  }
}

/** How many failed spans are read in search of an exception. */
const exceptionReads = 200;

const argumentKeys = [
  attr.toolArguments,
  'mcp.tool.arguments',
  'traceloop.entity.input',
  'input.value',
];
const resultKeys = [attr.toolResult, 'mcp.tool.result', 'traceloop.entity.output', 'output.value'];

function contentOf(spans: readonly Span[], keys: readonly string[]): string | null {
  for (const span of spans) {
    for (const key of keys) {
      const value = span.attributes[key];
      if (typeof value === 'string') return value;
      if (value !== undefined && value !== null) return JSON.stringify(value);
    }
  }
  return null;
}

/** Attributes of all that were folded into one row; the row's own win. */
function mergeAttributes(spans: readonly Span[]): Attributes {
  const merged: Record<string, AttributeValue> = Object.create(null);
  for (const span of spans.toReversed()) Object.assign(merged, span.attributes);
  return merged;
}

function toWireMessage(event: SpanEvent): WireMessage[] {
  if (event.name !== eventNames.message) return [];
  const { attributes } = event;
  const body = attributes[own.messageBody];
  const bytes = attributes[own.messageBytes];
  return [
    {
      direction:
        attributes[own.messageDirection] === 'server-to-client'
          ? 'server-to-client'
          : 'client-to-server',
      timeNanos: String(event.timeNanos),
      body: typeof body === 'string' ? body : '',
      bytes: typeof bytes === 'number' ? bytes : 0,
      truncated: attributes[own.messageTruncated] === true,
    },
  ];
}
