/**
 * Server-sent events from bytes (WHATWG HTML, "Interpreting an event stream"): LF, CRLF and CR end
 * a line, comments are ignored, several `data` lines are joined, an event without data is none.
 */

export interface ServerSentEvent {
  /** `message` when the stream did not say. */
  readonly type: string;
  readonly data: string;
  /** The last `id` of the stream so far; null when it never gave one. */
  readonly id: string | null;
  /** Bytes of its `data`, more than `data` holds when it was cut. */
  readonly bytes: number;
  readonly cut: boolean;
  /** Of one that was cut the last bytes of its `data`; empty otherwise. */
  readonly tail: Uint8Array;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const empty = new Uint8Array(0);
const newLine = Uint8Array.of(lineFeed);

export class EventStream {
  private line: Uint8Array[] = [];
  private lineBytes = 0;
  private lineCut = false;
  private lineTail: Uint8Array = empty;
  private afterReturn = false;
  private atStart = true;
  private data: string[] = [];
  private dataBytes = 0;
  private dataCut = false;
  private dataTail: Uint8Array = empty;
  private type = '';
  private id: string | null = null;

  /** Of the data of one event, about the first `maxBytes` are kept, and the last `tailBytes`. */
  constructor(
    private readonly onEvent: (event: ServerSentEvent) => void,
    private readonly maxBytes = 1 << 20,
    private readonly tailBytes = 16 << 10,
  ) {}

  /** The last `id` so far, from which the stream may be taken up again; null when it gave none. */
  get lastId(): string | null {
    return this.id;
  }

  feed(chunk: Uint8Array): void {
    let from = 0;
    if (this.afterReturn && chunk.length > 0) {
      if (chunk[0] === lineFeed) from = 1;
      this.afterReturn = false;
    }
    while (from < chunk.length) {
      const at = endOfLine(chunk, from);
      if (at < 0) {
        this.hold(chunk.subarray(from));
        return;
      }
      this.hold(chunk.subarray(from, at));
      this.endLine();
      from = at + 1;
      if (chunk[at] !== carriageReturn) continue;
      if (from === chunk.length) this.afterReturn = true;
      else if (chunk[from] === lineFeed) from++;
    }
  }

  private hold(part: Uint8Array): void {
    const room = Math.max(0, this.maxBytes + 16 - this.lineBytes);
    this.lineBytes += part.length;
    if (part.length > room) {
      this.lineCut = true;
      this.lineTail = this.endOf(this.lineTail, part.subarray(room));
    }
    // Copied: the chunk belongs to the one who fed it. (`slice` of a `Buffer` copies nothing.)
    if (room > 0 && part.length > 0) this.line.push(new Uint8Array(part.subarray(0, room)));
  }

  private endLine(): void {
    let bytes = this.line.length === 1 && this.line[0] ? this.line[0] : joined(this.line);
    const length = this.lineBytes;
    const cut = this.lineCut;
    const tail = this.lineTail;
    this.line = [];
    this.lineBytes = 0;
    this.lineCut = false;
    this.lineTail = empty;
    if (this.atStart) {
      this.atStart = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    if (bytes.length === 0) {
      this.dispatch();
      return;
    }
    const text = decoder.decode(bytes);
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    this.take(field, value, length, cut ? tail : null);
  }

  /** `tail` are the last bytes of a line of which `value` is the beginning only. */
  private take(field: string, value: string, length: number, tail: Uint8Array | null): void {
    if (field === 'data') {
      this.dataBytes += this.data.length > 0 ? 1 : 0;
      this.dataBytes += Math.max(0, length - 6);
      if (tail || this.dataBytes > this.maxBytes) {
        const more = tail ?? encoder.encode(value);
        this.dataTail = this.dataCut ? this.endOf(this.dataTail, newLine, more) : this.endOf(more);
        this.dataCut = true;
      }
      if (this.dataBytes - length <= this.maxBytes) this.data.push(value);
    } else if (field === 'event') this.type = value;
    else if (field === 'id' && !value.includes('\u0000')) this.id = value;
  }

  private dispatch(): void {
    const { data, type, dataBytes: bytes, dataCut: cut, dataTail: tail } = this;
    this.data = [];
    this.dataBytes = 0;
    this.dataCut = false;
    this.dataTail = empty;
    this.type = '';
    if (data.length === 0) return;
    const text = data.join('\n');
    this.onEvent({ type: type || 'message', data: text, id: this.id, bytes, cut, tail });
  }

  /** The last bytes of all parts together. */
  private endOf(...parts: readonly Uint8Array[]): Uint8Array {
    return joined(parts).slice(-this.tailBytes);
  }
}

function endOfLine(chunk: Uint8Array, from: number): number {
  const feed = chunk.indexOf(lineFeed, from);
  const end = feed < 0 ? chunk.length : feed;
  // Carriage returns are rare, and only worth looking for before the next line feed.
  for (let at = from; at < end; at++) if (chunk[at] === carriageReturn) return at;
  return feed;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
