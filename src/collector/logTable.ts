import type { SpanRef } from '../core/trace/model.js';

/** One log record: where it is, and what is asked of it without reading it. */
export interface LogEntry {
  readonly chunk: number;
  readonly at: number;
  readonly length: number;
  readonly resource: number;
  readonly scope: number;
  readonly timeNanos: bigint;
  readonly eventName: string;
  readonly severityNumber: number;
  /** The span it belongs to, or null. */
  readonly span: SpanRef | null;
}

const maxEntries = 200_000;

/** The logs that are held, by span and by event name. */
export class LogTable {
  private readonly bySpan = new Map<string, LogEntry[]>();
  private readonly byEvent = new Map<string, LogEntry[]>();
  private readonly byChunk = new Map<number, LogEntry[]>();
  size = 0;

  add(entry: LogEntry): void {
    this.size++;
    if (entry.span) push(this.bySpan, keyOf(entry.span), entry);
    if (entry.eventName) push(this.byEvent, entry.eventName, entry);
    push(this.byChunk, entry.chunk, entry);
    while (this.size > maxEntries) this.forgetChunk(this.byChunk.keys().next().value!);
  }

  ofSpan(span: SpanRef): readonly LogEntry[] {
    return this.bySpan.get(keyOf(span)) ?? [];
  }

  ofEvent(eventName: string): readonly LogEntry[] {
    return this.byEvent.get(eventName) ?? [];
  }

  /** The span of the log at a place, or null. */
  spanAt(chunk: number, at: number): SpanRef | null {
    return this.byChunk.get(chunk)?.find((entry) => entry.at === at)?.span ?? null;
  }

  forgetChunk(chunk: number): void {
    for (const entry of this.byChunk.get(chunk) ?? []) {
      this.size--;
      if (entry.span) drop(this.bySpan, keyOf(entry.span), entry);
      if (entry.eventName) drop(this.byEvent, entry.eventName, entry);
    }
    this.byChunk.delete(chunk);
  }

  clear(): void {
    this.bySpan.clear();
    this.byEvent.clear();
    this.byChunk.clear();
    this.size = 0;
  }
}

function keyOf(span: SpanRef): string {
  return `${span.traceId}:${span.spanId}`;
}

function push<K>(map: Map<K, LogEntry[]>, key: K, entry: LogEntry): void {
  const list = map.get(key);
  if (list) list.push(entry);
  else map.set(key, [entry]);
}

/** The oldest go first, so the place is near the start. */
function drop<K>(map: Map<K, LogEntry[]>, key: K, entry: LogEntry): void {
  const list = map.get(key);
  const place = list?.indexOf(entry) ?? -1;
  if (!list || place === -1) return;
  list.splice(place, 1);
  if (list.length === 0) map.delete(key);
}
