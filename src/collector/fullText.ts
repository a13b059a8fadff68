import { decodeRecords } from '../core/otlp/decodeRecords.js';
import { decodeSpans } from '../core/otlp/decodeTraces.js';
import { Interner } from '../core/otlp/interner.js';
import { decodeLogRecord, decodeSpan } from '../core/otlp/reviveSpan.js';
import { TraceBatch } from '../core/otlp/traceBatch.js';
import type { AttributeValue, Span } from '../core/trace/model.js';
import { hasContent } from '../core/trace/spanIndex.js';
import type { Session } from './session.js';
import type { Chunk } from './store.js';

/** Row id of a text: chunk × 2^27 + offset in it; a chunk's body is below 2^27 bytes. */
const offsets = 2 ** 27;
/** Shortest text that the index of trigrams can find. */
export const minIndexedLength = 3;
/** Of one text, that much can be found. */
const maxTextLength = 16_384;
/** Few, since all others wait meanwhile. */
const chunksAtOnce = 2;
/** Between two steps (ms). */
const pauseMs = 2;
const idleMs = 200;
const maxHits = 100_000;

interface Hits {
  readonly upTo: number;
  readonly rows: ReadonlySet<number>;
  /** `trace:span` of logs that hold the text. */
  readonly logSpans: ReadonlySet<string>;
}

/**
 * Search over what was said: arguments, results, exceptions and logs. The index is written while
 * nothing arrives, so that it never slows ingest; what it does not cover yet is read instead.
 */
export class FullText {
  private timer: NodeJS.Timeout | null = null;
  private readonly found = new Map<string, Hits>();
  private readonly batch = new TraceBatch();
  private readonly names = new Interner(1);

  constructor(private readonly session: Session) {
    session.on('changed', this.schedule);
  }

  stop(): void {
    this.session.removeListener('changed', this.schedule);
    if (this.timer) clearTimeout(this.timer);
  }

  /** Last chunk whose texts can be found. */
  get upTo(): number {
    return this.session.store.searchedUpTo;
  }

  holds(chunk: number, at: number, text: string): boolean {
    return this.hits(text).rows.has(chunk * offsets + at);
  }

  /** Whether a log of a span holds the text. */
  logHolds(span: string, text: string): boolean {
    return this.hits(text).logSpans.has(span);
  }

  private hits(text: string): Hits {
    const known = this.found.get(text);
    if (known?.upTo === this.upTo) return known;
    const rows = new Set(this.session.store.search(text, maxHits));
    const logSpans = new Set<string>();
    for (const row of rows) {
      const chunk = Math.floor(row / offsets);
      const span = this.session.logs.spanAt(chunk, row - chunk * offsets);
      if (span) logSpans.add(`${span.traceId}:${span.spanId}`);
    }
    const hits = { upTo: this.upTo, rows, logSpans };
    this.found.set(text, hits);
    if (this.found.size > 8) this.found.delete(this.found.keys().next().value!);
    return hits;
  }

  private readonly schedule = (): void => {
    if (this.timer) this.timer.refresh();
    else {
      this.timer = setTimeout(() => this.work(), idleMs);
      this.timer.unref();
    }
  };

  private work(): void {
    this.timer = null;
    try {
      if (!this.advance()) return;
      this.timer = setTimeout(() => this.work(), pauseMs);
      this.timer.unref();
    } catch {
      // Another process writes, or the disk is full; texts can still be read one by one.
      this.schedule();
    }
  }

  /** Takes in a few more chunks; false when there are none. @throws when the store fails. */
  advance(): boolean {
    const { store } = this.session;
    const chunks = store.chunksAfter(this.upTo, chunksAtOnce);
    if (chunks.length === 0) return false;
    const texts = chunks.flatMap((chunk) => this.textsOf(chunk));
    store.addTexts(texts, chunks.at(-1)!.id);
    return true;
  }

  private textsOf(chunk: Chunk): { row: number; text: string }[] {
    const texts: { row: number; text: string }[] = [];
    const put = (at: number, text: string): void => {
      if (text.length >= minIndexedLength) {
        texts.push({ row: chunk.id * offsets + at, text: text.slice(0, maxTextLength) });
      }
    };
    const scope = { name: '', version: '' };
    if (chunk.signal === 'traces') {
      decodeSpans(chunk.body, this.names, this.batch);
      for (let row = 0; row < this.batch.count; row++) {
        const at = this.batch.places[row * 2]!;
        const length = this.batch.places[row * 2 + 1]!;
        // Status 2: an exception may be told.
        if (!hasContent(this.batch, row) && this.batch.statuses[row] !== 2) continue;
        put(at, textOfSpan(decodeSpan(chunk.body.subarray(at, at + length), {}, scope)));
      }
    } else if (chunk.signal === 'logs') {
      for (const [from, to] of decodeRecords('logs', chunk.body, 'scoped').groups[0]?.records ??
        []) {
        const log = decodeLogRecord(chunk.body.subarray(from, to), {}, scope);
        put(from, [log.body, ...Object.values(log.attributes)].map(textOf).join('\n'));
      }
    }
    return texts;
  }
}

function textOfSpan(span: Span): string {
  const said = [span.name, span.status.message, ...Object.values(span.attributes).map(textOf)];
  for (const event of span.events) said.push(...Object.values(event.attributes).map(textOf));
  return said.join('\n');
}

function textOf(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
