/** A client's request as the server gets it. */
import type { IncomingMessage } from 'node:http';
import { traceparentBytes } from '../../core/jsonrpc/splice.js';
import { parseTraceparent } from '../../core/mcp/traceContext.js';
import { type Asked, askedIn } from './conversations.js';
import { changeHeaders, headerOf } from './headers.js';
import type { ProxyContext } from './proxy.js';

export interface Prepared {
  /** As sent to the server. */
  readonly body: Buffer;
  /** As the client sent it. */
  readonly original: Buffer;
  readonly headers: readonly string[];
  readonly asked: Asked;
  /** Where the `traceparent`s stand in `body`; null when nothing was spliced. */
  readonly places: readonly number[] | null;
  /** The body was not read: too long, or compressed. */
  readonly opaque: boolean;
}

const outerContext: ReadonlySet<string> = new Set(['traceparent']);
const nothingAsked: Asked = { ids: [], methods: [] };

export function prepare(
  request: IncomingMessage,
  original: Buffer,
  incomplete: boolean,
  context: ProxyContext,
): Prepared {
  const headers = request.rawHeaders;
  const opaque =
    incomplete || request.method !== 'POST' || headerOf(headers, 'content-encoding') !== null;
  if (opaque)
    return { body: original, original, headers, asked: nothingAsked, places: null, opaque };
  const asked = askedIn(original);
  const plain: Prepared = { body: original, original, headers, asked, places: null, opaque };
  if (!context.inject) return plain;
  const outer = headerOf(headers, 'traceparent');
  const parent = outer === null ? null : parseTraceparent(outer);
  const { plan } = context;
  plan.clear();
  plan.addLine(original, 0, original.length);
  // `_meta` speaks for the call itself; the header only for the request that carries it.
  if (parent) plan.adopt(parent);
  if (!plan.isNeeded) return plain;
  const bytes = Buffer.allocUnsafe(original.length + plan.growth);
  const places = plan.splice(original, bytes);
  const place = places.find((one) => one >= 0);
  return {
    ...plain,
    body: bytes,
    places,
    // A trace that the client continues over HTTP goes on through the shim's span.
    headers:
      parent && place !== undefined
        ? changeHeaders(headers, outerContext, () =>
            bytes.toString('latin1', place, place + traceparentBytes),
          )
        : headers,
  };
}
