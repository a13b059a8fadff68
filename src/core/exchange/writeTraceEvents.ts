import { own } from '../mcp/conventions.js';
import type { Attributes, Span } from '../trace/model.js';
import { eachSpan } from './eachSpan.js';
import { type Lane, LaneTable } from './laneTable.js';
import type { PieceSource } from './piece.js';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['unset', 'ok', 'error'];
/** Longer attribute values are cut: the viewers load the whole file at once. */
const maxText = 4_096;

/**
 * Chrome's trace-event JSON, as ui.perfetto.dev and chrome://tracing open it: a process a service,
 * threads for what runs beside each other, arrows from a call to what it caused in another
 * process. Times are µs after the first span; its time since the epoch is in `otherData`.
 * Goes through the spans twice.
 */
export async function* writeTraceEvents(source: PieceSource): AsyncGenerator<string, void, void> {
  const lanes = new LaneTable();
  for await (const piece of source('traces')) {
    for (const span of eachSpan(piece)) lanes.add(span);
  }
  lanes.arrange();
  const origin = String(lanes.originNanos);
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify({ writer: 'Spanpath', originUnixNanos: origin })},"traceEvents":[`;
  let separator = '\n';
  for (const event of metadata(lanes)) {
    yield `${separator}${JSON.stringify(event)}`;
    separator = ',\n';
  }
  const ordered: { rank: number; text: string }[] = [];
  let index = 0;
  for await (const piece of source('traces')) {
    let text = '';
    for (const span of eachSpan(piece)) {
      const lane = lanes.placeOf(index++);
      const events = eventsOf(span, lane, lanes).map((event) => JSON.stringify(event));
      if (lane.rank === null) {
        for (const event of events) {
          text += separator + event;
          separator = ',\n';
        }
      } else ordered.push({ rank: lane.rank, text: events.join(',\n') });
    }
    if (text !== '') yield text;
  }
  ordered.sort((a, b) => a.rank - b.rank);
  for (const { text } of ordered) {
    yield separator + text;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* metadata(lanes: LaneTable): Generator<object, void, void> {
  for (const [place, name] of lanes.processes.entries()) {
    const pid = place + 1;
    yield { ph: 'M', name: 'process_name', pid, tid: 0, args: { name } };
    yield { ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: place } };
    for (let tid = 1; tid <= lanes.laneCount(pid); tid++) {
      const text = tid === 1 ? name : `${name} (${tid})`;
      yield { ph: 'M', name: 'thread_name', pid, tid, args: { name: text } };
      yield { ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tid } };
    }
  }
}

function eventsOf(span: Span, lane: Lane, lanes: LaneTable): object[] {
  const where = { pid: lane.process, tid: lane.lane };
  const ts = lane.start / 1000;
  const events: object[] = [
    {
      ph: 'X',
      name: span.name,
      cat: span.scope.name || 'span',
      ts,
      dur: lane.duration / 1000,
      ...where,
      args: argsOf(span),
    },
  ];
  const parent =
    span.parentSpanId === undefined ? null : lanes.find(span.traceId, span.parentSpanId);
  if (parent && parent.process !== lane.process) {
    // An arrow starts and ends inside of its bars, else a viewer binds it to something else.
    const from = Math.min(Math.max(lane.start, parent.start), parent.start + parent.duration);
    const arrow = { cat: 'call', name: 'call', id: `${span.traceId}${span.spanId}` };
    events.push(
      { ph: 's', ...arrow, ts: from / 1000, pid: parent.process, tid: parent.lane },
      { ph: 'f', bp: 'e', ...arrow, ts: Math.max(ts, from / 1000), ...where },
    );
  }
  for (const event of span.events) {
    const offset = Number(event.timeNanos - lanes.originNanos);
    const args = plainArgs(event.attributes);
    events.push({ ph: 'i', s: 't', name: event.name, ts: offset / 1000, ...where, args });
  }
  return events;
}

function argsOf(span: Span): object {
  return {
    ...plainArgs(span.attributes),
    'otel.trace_id': span.traceId,
    'otel.span_id': span.spanId,
    ...(span.parentSpanId === undefined ? {} : { 'otel.parent_span_id': span.parentSpanId }),
    'otel.kind': kinds[span.kind] ?? 'unspecified',
    'otel.status': statuses[span.status.code],
    ...(span.status.message === '' ? {} : { 'otel.status_message': span.status.message }),
    'otel.scope': `${span.scope.name} ${span.scope.version}`.trim(),
  };
}

function plainArgs(attributes: Attributes): Record<string, unknown> {
  const args: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(attributes)) {
    const isLong = typeof value === 'string' && value.length > maxText;
    args[key] = isLong ? `${value.slice(0, maxText)}…` : value;
    if (key === own.messageBody && isLong) args[own.messageTruncated] = true;
  }
  return args;
}
