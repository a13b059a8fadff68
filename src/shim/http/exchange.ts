/** What one HTTP exchange tells the telemetry thread. */
import type { IncomingMessage } from 'node:http';
import type { ControlMessage, Settlement } from '../control.js';
import { keptTailBytes, maxKeptBytes } from '../limits.js';
import type { PassingLine } from '../passingLine.js';
import { recordKinds } from '../records.js';
import { headerOf, type RawHeaders } from './headers.js';
import { Numbers } from './numbers.js';
import type { Prepared } from './prepare.js';
import type { ProxyContext } from './proxy.js';

const streams = new Numbers(1);
/** The answer, if there is to be one, comes on another stream. */
const accepted = 202;

export class Exchange {
  private conversation: number;
  private status = 0;
  private format: 'json' | 'events' | 'other' = 'other';
  private encoding = '';
  private readonly single: boolean;
  private closes: boolean;
  private readonly sessionId: string | null;
  private stream = 0;
  private over = false;
  /** Of the requests that the response should answer. */
  private ids: readonly string[];
  /** Event ids make a stream that a client may resume. */
  private resumable = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly prepared: Prepared,
    private readonly context: ProxyContext,
  ) {
    const { rawHeaders } = request;
    const { conversations } = context;
    const { url = '' } = request;
    const header = headerOf(rawHeaders, 'mcp-session-id');
    this.sessionId = header ?? legacySession(url) ?? (conversations.has(url) ? url : null);
    const version = headerOf(rawHeaders, 'mcp-protocol-version');
    const found = conversations.of(this.sessionId, version, prepared.asked);
    this.conversation = found.conversation;
    this.single = found.single;
    this.closes = found.closes;
    this.ids = prepared.asked.ids;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get path(): string {
    return this.request.url ?? '/';
  }

  /** The request is on its way. */
  asked(time: number): void {
    const { original, contexts, opaque, outer } = this.prepared;
    if (this.request.method !== 'POST' || opaque || original.length === 0) return;
    const { outbox } = this.context;
    const { conversation } = this;
    if (outer !== null) this.tell({ type: 'outer', traceparent: outer });
    const { clientLine: kind, clientTail } = recordKinds;
    const end = Math.min(original.length, maxKeptBytes);
    const number = original.length;
    outbox.append({ kind, conversation, time, number, bytes: original, start: 0, end, contexts });
    if (end < number) {
      const tail = original.subarray(Math.max(end, number - keptTailBytes));
      outbox.copy(clientTail, conversation, time, tail);
    }
  }

  /** A request that was too long to be held has passed. */
  askedAtLength(line: PassingLine): void {
    if (this.request.method !== 'POST' || this.isCompressed) return;
    // Its only id, where it stands at the end of the message as most clients write it.
    const id = /"id"\s*:\s*("[^"\\]*"|-?\d+)\s*\}\s*$/.exec(line.end.toString())?.[1];
    if (id !== undefined) this.ids = [id];
    line.copyTo(this.context.outbox, this.conversation);
  }

  private get isCompressed(): boolean {
    return headerOf(this.request.rawHeaders, 'content-encoding') !== null;
  }

  /** The server's head is there, and perhaps bytes of its answer; told after they were passed on. */
  answered(status: number, raw: RawHeaders, bytes: Buffer | null): void {
    if (this.over) return;
    if (this.stream === 0) this.openStream(status, raw);
    if (bytes === null) return;
    const { outbox } = this.context;
    outbox.copy(recordKinds.streamBytes, this.stream, outbox.now(), bytes);
    if (this.single && bytes.includes('"input_required"')) this.noteWish(bytes);
  }

  private openStream(status: number, raw: RawHeaders): void {
    const type = headerOf(raw, 'content-type') ?? '';
    const given = headerOf(raw, 'mcp-session-id');
    const { conversations } = this.context;
    if (given !== null && !this.single) {
      conversations.adopt(given, this.conversation);
      this.closes = false;
    }
    this.stream = streams.take();
    this.status = status;
    this.encoding = headerOf(raw, 'content-encoding') ?? '';
    this.format = formatOf(type);
    this.resumable = this.format === 'events' && this.request.method === 'GET';
    this.tellStream();
    if (status === 401 && headerOf(this.request.rawHeaders, 'authorization') !== null) {
      this.tell({
        type: 'finding',
        kind: 'http_violation',
        detail:
          'the server refused the token: its audience may be the server’s own URL, which the proxy stands before; configure the token as a header, or connect without the proxy',
      });
    }
  }

  /** HTTP+SSE (2024-11-05): the stream named its message endpoint, and with it its session. */
  named(endpoint: string): void {
    const sessionId = legacySession(endpoint) ?? pathOf(endpoint, this.context.own);
    if (sessionId === null) return;
    this.conversation = this.context.conversations.session(sessionId);
    if (this.stream > 0) this.tellStream();
  }

  /** The answer is complete, or the server broke it off. */
  ended(status: number, complete: boolean): void {
    this.finish(
      status >= 400
        ? transportError(`HTTP ${status}`)
        : this.resumable || status === accepted
          ? null
          : {
              outcome: 'abandoned',
              errorType: 'abandoned',
              message: complete
                ? 'the response ended without an answer'
                : 'the server broke the response off',
            },
    );
    if (this.request.method === 'DELETE' && this.sessionId !== null && status < 400) {
      this.context.conversations.end(this.sessionId, 'the client ended the session');
    }
  }

  failed(reason: string): void {
    this.finish(transportError(reason));
  }

  /** In the stateless revision closing the response is the cancellation; before, it says nothing. */
  clientLeft(): void {
    this.finish(
      this.single
        ? {
            outcome: 'cancelled',
            errorType: 'cancelled',
            message: 'the client closed the response',
          }
        : null,
    );
  }

  private tellStream(): void {
    const { stream, status, format, encoding } = this;
    this.tell({ type: 'stream', stream, status, format, encoding, ids: this.ids });
  }

  private noteWish(bytes: Buffer): void {
    const { traceparent } = this.prepared;
    if (traceparent === null) return;
    this.context.retries.wanted(bytes.toString(), traceparent);
  }

  private finish(settlement: Settlement | null): void {
    if (this.over) return;
    this.over = true;
    const { conversations } = this.context;
    conversations.answered(this.conversation, this.prepared.asked.ids);
    if (this.stream > 0) {
      this.tell({ type: 'streamEnd', stream: this.stream, settlement });
      streams.release(this.stream);
    } else if (settlement) {
      this.tell({ type: 'settle', ids: this.ids, settlement });
    }
    if (this.closes) conversations.close(this.conversation, 'the exchange is over');
  }

  private tell(message: ControlMessage): void {
    this.context.outbox.control(this.conversation, message);
  }
}

function formatOf(type: string): 'json' | 'events' | 'other' {
  if (/^text\/event-stream/i.test(type)) return 'events';
  return /[/+]json/i.test(type) ? 'json' : 'other';
}

function transportError(message: string): Settlement {
  return { outcome: 'transport_error', errorType: 'transport_error', message };
}

/** The message endpoint that an `endpoint` event names, as a request to the proxy spells it. */
function pathOf(event: string, own: string): string | null {
  const url = /^data: ?(\S+)/m.exec(event)?.[1];
  if (url === undefined || !URL.canParse(url, own)) return null;
  const { pathname, search } = new URL(url, own);
  return `${pathname}${search}`;
}

/** HTTP+SSE of 2024-11-05 carries the session in the query of the message endpoint. */
function legacySession(url: string): string | null {
  return /[?&]session_?id=([^&\s]+)/i.exec(url)?.[1] ?? null;
}
