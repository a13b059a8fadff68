/** Passes a server's answer on, byte by byte but for URLs that name the server's own origin. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import {
  changeHeaders,
  connectionHeaders,
  headerOf,
  headersWithout,
  isResourceMetadata,
  toProxyOrigin,
} from './headers.js';
import type { ProxyContext } from './proxy.js';

/** Small documents that are read whole before they go on. */
const maxRewritten = 1 << 20;

const ofConnection = connectionHeaders();
/** Where to authorise and where to go next, as seen through the proxy (RFC 9728, RFC 9110). */
const leading: ReadonlySet<string> = new Set(['www-authenticate', 'location']);

export function passResponse(
  answer: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  context: ProxyContext,
): void {
  const status = answer.statusCode ?? 502;
  const { upstream, own } = context;
  const headers = changeHeaders(headersWithout(answer.rawHeaders, ofConnection), leading, (value) =>
    toProxyOrigin(value, upstream, own),
  );
  const passed = (bytes: Buffer | null) => exchange.answered(status, answer.rawHeaders, bytes);
  answer.on('error', () => {
    passed(null);
    exchange.ended(status, false);
  });
  answer.on('close', () => {
    passed(null);
    exchange.ended(status, answer.complete);
    if (!answer.complete) response.destroy();
  });
  if (isRewritten(answer, exchange.path)) {
    rewriteWhole(answer, response, status, headers, context);
    return;
  }
  response.writeHead(status, phraseOf(answer), headers);
  // The client may wait for the head of a stream that says nothing for long; where the body came
  // along with the head, they go out together.
  const head = setImmediate(() => {
    response.flushHeaders();
    passed(null);
  });
  const endpoint =
    exchange.method === 'GET' && isEventStream(answer)
      ? new EndpointEvent(upstream, own, (url) => exchange.named(url))
      : null;
  answer.on('data', (chunk: Buffer) => {
    const bytes = endpoint ? endpoint.take(chunk) : chunk;
    if (bytes.length > 0) {
      clearImmediate(head);
      // The last bytes and the end of the answer are one write.
      if (!endpoint && answer.complete && answer.readableLength === 0) response.end(bytes);
      else if (!response.write(bytes)) answer.pause();
    }
    passed(chunk);
  });
  response.on('drain', () => answer.resume());
  answer.on('end', () => {
    clearImmediate(head);
    if (endpoint) response.write(endpoint.rest());
    if (!response.writableEnded) response.end();
  });
}

/** The reason phrase, if it is one that may be written; it means nothing to anybody. */
function phraseOf({ statusMessage = '' }: IncomingMessage): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage) ? statusMessage : '';
}

function isEventStream(answer: IncomingMessage): boolean {
  return (
    /^text\/event-stream/i.test(answer.headers['content-type'] ?? '') &&
    answer.headers['content-encoding'] === undefined
  );
}

function isRewritten(answer: IncomingMessage, path: string): boolean {
  return (
    answer.statusCode === 200 &&
    isResourceMetadata(path) &&
    answer.headers['content-encoding'] === undefined &&
    Number(headerOf(answer.rawHeaders, 'content-length') ?? 0) <= maxRewritten
  );
}

/** Only the `resource` moves to the proxy; authorization servers stay where they are. */
function rewriteWhole(
  answer: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  { upstream, own }: ProxyContext,
): void {
  const parts: Buffer[] = [];
  answer.on('data', (part: Buffer) => parts.push(part));
  answer.on('end', () => {
    const text = Buffer.concat(parts).toString();
    const shown = text.replace(
      /("resource"\s*:\s*")((?:[^"\\]|\\.)*)"/,
      // Slashes may be escaped.
      (_whole, key: string, url: string) =>
        `${key}${toProxyOrigin(url.replaceAll('\\/', '/'), upstream, own)}"`,
    );
    const body = Buffer.from(shown);
    response.writeHead(status, [
      ...headersWithout(headers, new Set(['content-length'])),
      'Content-Length',
      String(body.length),
    ]);
    response.end(body);
  });
}

/**
 * The first event of an HTTP+SSE stream (2024-11-05) may name the message endpoint by an absolute
 * URL, which would lead past the proxy. Any other beginning passes at once.
 */
class EndpointEvent {
  private held: Buffer | null = Buffer.alloc(0);

  constructor(
    private readonly upstream: URL,
    private readonly own: string,
    private readonly onEndpoint: (url: string) => void,
  ) {}

  take(chunk: Buffer): Buffer {
    if (this.held === null) return chunk;
    this.held = Buffer.concat([this.held, chunk]);
    const text = this.held.toString('latin1');
    const mayBe = 'event: endpoint'.startsWith(text.slice(0, 15)) || /^event: ?endpoint/.test(text);
    const end = /\r\n\r\n|\n\n|\r\r/.exec(text);
    if (mayBe && !end && text.length < 16_384) return Buffer.alloc(0);
    const whole = this.held;
    this.held = null;
    if (!mayBe || !end) return whole;
    const cut = end.index;
    const event = toProxyOrigin(whole.subarray(0, cut).toString(), this.upstream, this.own);
    this.onEndpoint(event);
    return Buffer.concat([Buffer.from(event), whole.subarray(cut)]);
  }

  rest(): Buffer {
    return this.held ?? Buffer.alloc(0);
  }
}
