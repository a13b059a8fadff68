/** The bytes of one HTTP response, turned back into messages. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EventStream } from '../../core/jsonrpc/sse.js';
import type { Conversation } from '../../core/mcp/conversation.js';
import type { Nanos } from '../../core/trace/model.js';
import type { ControlMessage, Settlement } from '../control.js';
import { maxKeptBytes } from '../limits.js';

type StreamHead = Extract<ControlMessage, { type: 'stream' }>;
const none = new Uint8Array(0);

interface Decoder {
  write(chunk: Uint8Array): void;
  end(): void;
}

export class ResponseStream {
  private readonly decoder: Decoder | null;
  private readonly events: EventStream | null;
  private body: Buffer[] = [];
  private bodyBytes = 0;
  private timeNanos: Nanos = 0n;
  private settlement: Settlement | null = null;

  constructor(
    private readonly head: StreamHead,
    private readonly conversation: Conversation,
  ) {
    conversation.annotate('client-to-server', head.ids, 'http.response.status_code', head.status);
    this.events =
      head.format === 'events'
        ? new EventStream((event) => {
            if (event.type !== 'message') return;
            const bytes = Buffer.from(event.data);
            const length = event.cut ? Math.max(event.bytes, bytes.length + 1) : bytes.length;
            this.message(bytes, length);
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

  end(settlement: Settlement | null, timeNanos: Nanos): void {
    this.timeNanos = timeNanos;
    this.settlement = settlement;
    if (this.decoder) this.decoder.end();
    else this.finish();
  }

  private plain(bytes: Buffer): void {
    if (this.events) {
      this.events.feed(bytes);
      return;
    }
    const room = Math.max(0, maxKeptBytes - this.bodyBytes);
    this.bodyBytes += bytes.length;
    if (room > 0) this.body.push(Buffer.from(bytes.subarray(0, room)));
  }

  private finish(): void {
    const body = Buffer.concat(this.body);
    this.body = [];
    if (this.head.format === 'json' && body.length > 0 && looksLikeRpc(body)) {
      this.message(body, this.bodyBytes);
    }
    if (!this.settlement) return;
    const said = this.head.status >= 400 ? body.toString().trim().slice(0, 300) : '';
    const text = this.conversation.keepWords(said);
    const { outcome, errorType, message } = this.settlement;
    this.conversation.settle(
      'client-to-server',
      this.head.ids,
      {
        outcome,
        errorType,
        message: text ? `${message}: ${text}` : message,
        statusCode: null,
      },
      this.timeNanos,
    );
  }

  private message(bytes: Uint8Array, length: number): void {
    const line = { bytes, length, tail: none, terminated: true };
    this.conversation.receive('server-to-client', line, this.timeNanos);
  }

  private decoderFor(encoding: string): Decoder | null {
    const make = {
      gzip: createGunzip,
      'x-gzip': createGunzip,
      deflate: createInflate,
      br: createBrotliDecompress,
    }[encoding.toLowerCase()];
    if (!make) return null;
    const stream = make();
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      this.finish();
    };
    stream.on('data', (chunk: Buffer) => this.plain(chunk));
    stream.on('end', finish);
    // A body that does not decode is still passed on; only its content stays unknown.
    stream.on('error', finish);
    return stream;
  }
}

/** Errors of gateways are JSON too, but no messages. */
function looksLikeRpc(body: Buffer): boolean {
  return body.subarray(0, 64).includes('{') || body.subarray(0, 64).includes('[')
    ? body.includes('"jsonrpc"')
    : false;
}
