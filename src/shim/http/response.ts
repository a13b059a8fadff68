/** Passes a server's answer on, byte by byte but for URLs that name the server's own origin. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import { changeHeader, endToEnd, headerOf, toProxyOrigin } from './headers.js';
import type { ProxyContext } from './proxy.js';

/** Small documents that are read whole before they go on. */
const maxRewritten = 1 << 20;

export function passResponse(
  answer: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  context: ProxyContext,
): void {
  const status = answer.statusCode ?? 502;
  const { upstream, own } = context;
  let headers = endToEnd(answer.rawHeaders);
  // Where to authorise and where to go next, as seen through the proxy (RFC 9728, RFC 9110).
  for (const name of ['www-authenticate', 'location']) {
    headers = changeHeader(headers, name, (value) => toProxyOrigin(value, upstream, own));
  }
  exchange.answered(status, answer.rawHeaders);
  answer.on('error', () => exchange.ended(status, false));
  answer.on('close', () => {
    exchange.ended(status, answer.complete);
    if (!answer.complete) response.destroy();
  });
  if (isResourceMetadata(answer, exchange.path)) {
    rewriteWhole(answer, response, status, headers, context);
    return;
  }
  response.writeHead(status, answer.statusMessage, headers);
  // A stream may say nothing for long, and the client waits for its head; a body of known length
  // follows at once, and goes out with it.
  if (answer.headers['content-length'] === undefined) response.flushHeaders();
  const endpoint =
    isEventStream(answer) && exchange.method === 'GET'
      ? new EndpointEvent(upstream, own, (url) => exchange.named(url))
      : null;
  answer.on('data', (chunk: Buffer) => {
    const bytes = endpoint ? endpoint.take(chunk) : chunk;
    if (bytes.length > 0 && !response.write(bytes)) answer.pause();
    exchange.passed(chunk);
  });
  response.on('drain', () => answer.resume());
  answer.on('end', () => {
    if (endpoint) response.write(endpoint.rest());
    response.end();
  });
}

function isEventStream(answer: IncomingMessage): boolean {
  return (
    /^text\/event-stream/i.test(answer.headers['content-type'] ?? '') &&
    answer.headers['content-encoding'] === undefined
  );
}

/** RFC 9728: it names the resource by the URL that clients use. */
function isResourceMetadata(answer: IncomingMessage, path: string): boolean {
  return (
    answer.statusCode === 200 &&
    path.startsWith('/.well-known/oauth-protected-resource') &&
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
      (_whole, key: string, url: string) => `${key}${toProxyOrigin(url, upstream, own)}"`,
    );
    const body = Buffer.from(shown);
    response.writeHead(status, [
      ...endToEnd(headers, new Set(['content-length'])),
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
