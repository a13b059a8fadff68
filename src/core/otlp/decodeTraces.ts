import { factIndex, factKeys, findFactKey } from './factKeys.js';
import type { Interner } from './interner.js';
import { resource, scope, span, spanMessages } from './schema.js';
import { idWords, type TraceBatch } from './traceBatch.js';
import { isAscii, isUtf8 } from './utf8.js';
import { validateAnyValue, validateMessage } from './validate.js';
import { WireError, WireReader } from './wireReader.js';

const inputTokens = factIndex('gen_ai.usage.input_tokens');
const outputTokens = factIndex('gen_ai.usage.output_tokens');
const cost = factIndex('gen_ai.usage.cost');
const afterNumbers = factIndex('gen_ai.tool.call.arguments');
const factCount = factKeys.length;

/**
 * Decodes an `ExportTraceServiceRequest` into `batch`. `wellFormed` bytes were written by ourselves.
 * @throws WireError when its frame is broken.
 */
export function decodeTraces(
  bytes: Uint8Array,
  interner: Interner,
  batch: TraceBatch,
  options: { readonly wellFormed?: boolean } = {},
): void {
  batch.reset(bytes);
  new TraceDecoder(bytes, interner, batch, options.wellFormed ?? false).request();
}

/** Decodes the body of one `ScopeSpans`, as the store keeps it, into `batch`. */
export function decodeSpans(bytes: Uint8Array, interner: Interner, batch: TraceBatch): void {
  batch.reset(bytes);
  new TraceDecoder(bytes, interner, batch, true).scopeSpans(bytes.length, [0, 0]);
}

class TraceDecoder {
  private readonly reader: WireReader;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly interner: Interner,
    private readonly batch: TraceBatch,
    /** The bytes were written by ourselves: texts and nesting are known to be right. */
    private readonly wellFormed: boolean,
  ) {
    this.reader = new WireReader(bytes);
  }

  request(): void {
    this.eachMessage(this.bytes.length, (field, end) => {
      if (field === 1) this.resourceSpans(end);
    });
  }

  /** Walks a message, handing over its length-delimited fields; the rest is skipped. */
  private eachMessage(
    end: number,
    visit: (field: number, end: number, tagAt: number) => void,
  ): void {
    const { reader } = this;
    const outerEnd = reader.end;
    reader.end = end;
    while (reader.at < end) {
      const tagAt = reader.at;
      const tag = reader.varint();
      if ((tag & 7) !== 2) {
        reader.skip(tag & 7);
        continue;
      }
      const fieldEnd = reader.lengthEnd();
      visit(Math.floor(tag / 8), fieldEnd, tagAt);
      reader.at = fieldEnd;
    }
    reader.end = outerEnd;
  }

  private resourceSpans(end: number): void {
    const start = this.reader.at;
    let found: readonly [number, number] = [0, 0];
    this.eachMessage(end, (field, fieldEnd) => {
      if (field !== 1) return;
      found = [this.reader.at, fieldEnd];
      validateMessage(resource, this.reader, fieldEnd);
    });
    this.reader.at = start;
    this.eachMessage(end, (field, fieldEnd) => {
      if (field === 2) this.scopeSpans(fieldEnd, found);
    });
  }

  scopeSpans(end: number, resourceRange: readonly [number, number]): void {
    const { batch, reader } = this;
    const first = batch.count;
    let scopeRange: readonly [number, number] = [0, 0];
    this.eachMessage(end, (field, fieldEnd, tagAt) => {
      if (field === 1) {
        scopeRange = [reader.at, fieldEnd];
        validateMessage(scope, reader, fieldEnd);
      } else if (field === 2) this.trySpan(fieldEnd, tagAt);
    });
    if (batch.count > first) {
      batch.groups.push({ resource: resourceRange, scope: scopeRange, first, last: batch.count });
    }
  }

  private trySpan(end: number, tagAt: number): void {
    const { batch, reader } = this;
    const outerEnd = reader.end;
    batch.reserve();
    batch.headers[batch.count] = reader.at - tagAt;
    try {
      this.span(end);
      batch.count++;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      batch.rejected++;
      batch.firstReason ??= error.message;
    }
    reader.end = outerEnd;
  }

  private span(end: number): void {
    const { batch, reader, bytes } = this;
    const row = batch.count;
    const ids = row * idWords;
    const times = row * 4;
    // Loops: for so few words a call of `fill` costs more.
    for (let word = ids; word < ids + idWords; word++) batch.ids[word] = 0;
    for (let word = times; word < times + 4; word++) batch.times[word] = 0;
    for (let fact = row * factCount; fact < (row + 1) * factCount; fact++) batch.facts[fact] = 0;
    batch.tokens[row * 2] = 0;
    batch.tokens[row * 2 + 1] = 0;
    batch.costs[row] = Number.NaN;
    batch.places[row * 2] = reader.at;
    batch.places[row * 2 + 1] = end - reader.at;
    let name = 0;
    let kind = 0;
    let status = 0;
    reader.end = end;
    while (reader.at < end) {
      const tag = reader.varint();
      switch (tag) {
        case 0x0a:
          this.id(ids, 16, 'traceId');
          break;
        case 0x12:
          this.id(ids + 4, 8, 'spanId');
          break;
        case 0x22:
          this.id(ids + 6, 8, 'parentSpanId');
          break;
        case 0x2a: {
          const to = reader.lengthEnd();
          if (!isUtf8(bytes, reader.at, to)) throw new WireError('a name is not UTF-8');
          name = this.interner.idOf(bytes, reader.at, to);
          reader.at = to;
          break;
        }
        case 0x30:
          kind = reader.varint();
          break;
        case 0x39:
          batch.times[times] = reader.fixed32();
          batch.times[times + 1] = reader.fixed32();
          break;
        case 0x41:
          batch.times[times + 2] = reader.fixed32();
          batch.times[times + 3] = reader.fixed32();
          break;
        case 0x4a:
          this.attribute(row, reader.lengthEnd());
          break;
        case 0x7a:
          status = this.status(reader.lengthEnd());
          break;
        default: {
          const nested = spanMessages[Math.floor(tag / 8)];
          if (nested && (tag & 7) === 2) validateMessage(nested, reader, reader.lengthEnd());
          else if (span.byNumber[Math.floor(tag / 8)]?.type === 'string' && (tag & 7) === 2) {
            const to = reader.lengthEnd();
            if (!isUtf8(bytes, reader.at, to)) throw new WireError('a text is not UTF-8');
            reader.at = to;
          } else reader.skip(tag & 7);
        }
      }
    }
    if (isZero(batch.ids, ids, 4)) throw new WireError('traceId is missing or zero');
    if (isZero(batch.ids, ids + 4, 2)) throw new WireError('spanId is missing or zero');
    batch.names[row] = name;
    // A kind or code from a newer protocol counts as not said.
    batch.kinds[row] = kind <= 5 ? kind : 0;
    batch.statuses[row] = status <= 2 ? status : 0;
  }

  private id(word: number, length: number, name: string): void {
    const { reader, batch } = this;
    const end = reader.lengthEnd();
    const given = end - reader.at;
    // An empty parent id is how some exporters say "none".
    if (given !== length && !(given === 0 && name === 'parentSpanId')) {
      throw new WireError(`${name} has ${given} bytes instead of ${length}`);
    }
    for (let at = reader.at, to = word; at < end; at += 4) batch.ids[to++] = reader.idWord(at);
    reader.at = end;
  }

  private status(end: number): number {
    const { reader } = this;
    const outerEnd = reader.end;
    reader.end = end;
    let code = 0;
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag === 0x18) code = reader.varint();
      else if (tag === 0x12) {
        const to = reader.lengthEnd();
        if (!isUtf8(this.bytes, reader.at, to)) throw new WireError('a text is not UTF-8');
        reader.at = to;
      } else reader.skip(tag & 7);
    }
    reader.end = outerEnd;
    return code;
  }

  /**
   * Nearly every attribute is a short key and a short text in this order; then its place in the
   * bytes tells it all. False when it is not so.
   */
  private shortAttribute(row: number, end: number): boolean {
    const { bytes, reader } = this;
    const start = reader.at;
    const keyLength = bytes[start + 1]!;
    const valueTag = start + 2 + keyLength;
    const valueAt = valueTag + 2;
    if (
      bytes[start] !== 0x0a ||
      keyLength >= 0x80 ||
      bytes[valueTag] !== 0x12 ||
      valueAt + bytes[valueTag + 1]! !== end ||
      bytes[valueAt] !== 0x0a ||
      valueAt + 2 + bytes[valueAt + 1]! !== end ||
      bytes[valueAt + 1]! >= 0x80 ||
      bytes[valueTag + 1]! >= 0x80
    ) {
      return false;
    }
    if (!this.wellFormed && !isAscii(bytes, start + 2, valueTag)) return false;
    if (!this.wellFormed && !isAscii(bytes, valueAt + 2, end)) return false;
    const key = findFactKey(bytes, start + 2, valueTag);
    if (key >= 0) {
      const outerEnd = reader.end;
      this.fact(row, key, valueAt, end);
      reader.end = outerEnd;
    }
    reader.at = end;
    return true;
  }

  private attribute(row: number, end: number): void {
    if (this.shortAttribute(row, end)) return;
    const { reader, bytes } = this;
    const outerEnd = reader.end;
    reader.end = end;
    let key = -1;
    let valueAt = -1;
    let valueEnd = -1;
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag === 0x0a) {
        const to = reader.lengthEnd();
        if (!this.wellFormed && !isUtf8(bytes, reader.at, to)) {
          throw new WireError('an attribute key is not UTF-8');
        }
        key = findFactKey(bytes, reader.at, to);
        reader.at = to;
      } else if (tag === 0x12) {
        valueEnd = reader.lengthEnd();
        valueAt = reader.at;
        if (this.wellFormed) reader.at = valueEnd;
        else validateAnyValue(reader, valueEnd, 0);
      } else reader.skip(tag & 7);
    }
    if (key >= 0 && valueAt >= 0) this.fact(row, key, valueAt, valueEnd);
    reader.at = end;
    reader.end = outerEnd;
  }

  private fact(row: number, key: number, at: number, end: number): void {
    const { reader, batch, interner, bytes } = this;
    reader.at = at;
    reader.end = end;
    if (at === end) return;
    const tag = reader.varint();
    if (key >= inputTokens && key < afterNumbers) {
      const count = tag === 0x18 ? reader.varint() : tag === 0x21 ? reader.double() : Number.NaN;
      if (key >= cost) {
        // Nothing is known too; what is not said stays unknown.
        if (count >= 0 && count < 1e9 && Number.isNaN(batch.costs[row])) batch.costs[row] = count;
        return;
      }
      const place = row * 2 + (key >= outputTokens ? 1 : 0);
      if (count > 0 && count < 2 ** 40 && batch.tokens[place] === 0) batch.tokens[place] = count;
      return;
    }
    const place = row * factCount + key;
    if (key >= afterNumbers) {
      // Content is long and different each time: only that it is there.
      batch.facts[place] = 1;
    } else if (tag === 0x0a) {
      const to = reader.lengthEnd();
      batch.facts[place] = interner.idOf(bytes, reader.at, to);
    } else if (tag === 0x18) {
      batch.facts[place] = interner.idOfText(String(BigInt.asIntN(64, reader.varint64())));
    }
  }
}

function isZero(words: Uint32Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) if (words[at] !== 0) return false;
  return true;
}
