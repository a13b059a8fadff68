/** The bytes of one HTTP response, turned back into messages. */
import * as zlib from 'node:zlib';
import { EventStream } from '../../core/jsonrpc/sse.js';
import type { Conversation } from '../../core/mcp/conversation.js';
import { succeeded, type Verdict } from '../../core/mcp/outcomes.js';
import type { Nanos } from '../../core/trace/model.js';
import type { ControlMessage, Settlement } from '../control.js';
import { keptTailBytes, maxKeptBytes } from '../limits.js';

type StreamHead = Extract<ControlMessage, { type: 'stream' }>;
const none = Buffer.alloc(0);

interface Decoder {
  write(chunk: Uint8Array): void;
  end(): void;
}

export class ResponseStream {
  private readonly decoder: Decoder | null;
  private readonly events: EventStream | null;
  private body: Buffer[] = [];
  private bodyBytes = 0;
  /** The last bytes of a body that is too long to be kept. */
  private bodyTail = none;
  private timeNanos: Nanos = 0n;
  private settlement: Settlement | null = null;
  /** Its encoding is one that cannot be undone here. */
  private isOpaque = false;
  private isOver = () => {};

  /** `onUnreadable`: something of it could not be followed. */
  constructor(
    private readonly head: StreamHead,
    private readonly conversation: Conversation,
    private readonly onUnreadable: () => void,
  ) {
    conversation.annotate('client-to-server', head.ids, 'http.response.status_code', head.status);
    this.events =
      head.format === 'events'
        ? new EventStream((event) => {
            if (event.type !== 'message') return;
            const bytes = Buffer.from(event.data);
            const length = event.cut ? Math.max(event.bytes, bytes.length + 1) : bytes.length;
            this.message(bytes, length, event.tail);
          })
        : null;
    this.decoder = this.decoderFor(head.encoding);
  }

  feed(bytes: Buffer, timeNanos: Nanos): void {
    this.timeNanos = timeNanos;
    // Copied where it is decoded later: the block it stands in goes.
    if (this.decoder) this.decoder.write(Buffer.from(bytes));
    else this.plain(bytes);
  }

  /** Null when all was read at once; else resolves when it is. */
  end(settlement: Settlement | null, timeNanos: Nanos): Promise<void> | null {
    this.timeNanos = timeNanos;
    this.settlement = settlement;
    const { decoder } = this;
    if (!decoder) {
      this.finish();
      return null;
    }
    return new Promise((resolve) => {
      this.isOver = resolve;
      decoder.end();
    });
  }

  private plain(bytes: Buffer): void {
    if (this.events) {
      this.events.feed(bytes);
      return;
    }
    const room = Math.max(0, maxKeptBytes - this.bodyBytes);
    this.bodyBytes += bytes.length;
    if (room > 0) this.body.push(Buffer.from(bytes.subarray(0, room)));
    if (room >= bytes.length) return;
    const rest = bytes.subarray(room);
    this.bodyTail = Buffer.from(Buffer.concat([this.bodyTail, rest]).subarray(-keptTailBytes));
  }

  private finish(): void {
    const body = Buffer.concat(this.body);
    this.body = [];
    if (this.head.format === 'json' && looksLikeRpc(body, this.bodyTail)) {
      this.message(body, this.bodyBytes, this.bodyTail);
    }
    this.bodyTail = none;
    const { settlement, head } = this;
    if (!settlement) return;
    const isAbandoned = settlement.outcome === 'abandoned';
    // The client may take the stream up again where it ended, and get its answer there.
    if (isAbandoned && (this.events?.lastId ?? null) !== null) return;
    const said = head.status >= 400 ? body.toString().trim().slice(0, 300) : '';
    const text = this.conversation.keepWords(said);
    const { outcome, errorType, message } = settlement;
    // What was answered cannot be read here; that something was can be seen.
    const verdict: Verdict =
      isAbandoned && this.isOpaque
        ? succeeded
        : { outcome, errorType, message: text ? `${message}: ${text}` : message, statusCode: null };
    this.conversation.settle('client-to-server', head.ids, verdict, this.timeNanos);
  }

  private message(bytes: Uint8Array, length: number, tail: Uint8Array): void {
    const line = { bytes, length, tail, terminated: true };
    this.conversation.receive('server-to-client', line, this.timeNanos);
  }

  private decoderFor(encoding: string): Decoder | null {
    const make = decoders[encoding.toLowerCase()];
    if (!make) {
      this.isOpaque = encoding !== '' && !/^identity$/i.test(encoding);
      return null;
    }
    const stream = make();
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      this.guarded(() => this.finish());
      this.isOver();
    };
    stream.on('data', (chunk: Buffer) => this.guarded(() => this.plain(chunk)));
    stream.on('end', finish);
    // A body that does not decode is still passed on; only its content stays unknown.
    stream.on('error', finish);
    return stream;
  }

  /** Nobody else catches what is thrown when a decoder calls. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch {
      this.onUnreadable();
    }
  }
}

/** Zstandard came with Node 22.15. */
const decoders: Readonly<Record<string, (() => zlib.Gunzip) | undefined>> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd: zlib.createZstdDecompress,
};

/** Errors of gateways are JSON too, but no messages. */
function looksLikeRpc(body: Buffer, tail: Buffer): boolean {
  const start = body.subarray(0, 64);
  if (!start.includes('{') && !start.includes('[')) return false;
  return body.includes('"jsonrpc"') || tail.includes('"jsonrpc"');
}
