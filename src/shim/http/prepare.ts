/** A client's request as the server gets it. */
import type { IncomingMessage } from 'node:http';
import { scanMessages } from '../../core/jsonrpc/scan.js';
import { traceparentBytes } from '../../core/mcp/traceContext.js';
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
  /** The ids that its requests were given; null when nothing was spliced. */
  readonly contexts: Buffer | null;
  /** The `traceparent` of the first of them. */
  readonly traceparent: string | null;
  /** The header `traceparent` of a request, whatever it says; null when absent. */
  readonly outer: string | null;
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
  const nothing = { contexts: null, traceparent: null, outer: null, opaque };
  if (opaque) return { body: original, original, headers, asked: nothingAsked, ...nothing };
  const messages = scanMessages(original) ?? [];
  const asked = askedIn(original, messages);
  const outer = asked.ids.length > 0 ? headerOf(headers, 'traceparent') : null;
  const plain: Prepared = { body: original, original, headers, asked, ...nothing, outer };
  if (!context.inject) return plain;
  const { plan } = context;
  plan.clear();
  for (const message of messages) plan.addMessage(original, message);
  // `_meta` speaks for the call itself; the header only for the request that carries it.
  const adopted = outer !== null && plan.adopt(outer);
  if (!plan.isNeeded) return plain;
  const body = Buffer.allocUnsafe(original.length + plan.growth);
  plan.splice(original, body);
  const first = plan.requests.slice(0, plan.count).find(({ frame }) => frame);
  const place = first?.place ?? 0;
  const traceparent = body.toString('latin1', place, place + traceparentBytes);
  return {
    ...plain,
    body,
    contexts: Buffer.from(plan.contexts()),
    traceparent,
    // A trace that the client continues over HTTP goes on through the shim's span.
    headers: adopted ? changeHeaders(headers, outerContext, () => traceparent) : headers,
  };
}
