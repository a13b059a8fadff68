/**
 * A reverse proxy on loopback in front of a Streamable HTTP or HTTP+SSE server. Paths are the
 * server's own, so that relative URLs in its answers hold; bytes pass on as they come.
 */
import {
  createServer,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Outbox } from '../outbox.js';
import { PassingLine } from '../passingLine.js';
import { RetryContexts } from '../retryContexts.js';
import { SplicePlan } from '../splicePlan.js';
import { readBody } from './body.js';
import { Conversations } from './conversations.js';
import { Exchange } from './exchange.js';
import {
  connectionHeaders,
  headerOf,
  headersWithout,
  isAllowedOrigin,
  isOwnHost,
  isResourceMetadata,
} from './headers.js';
import { prepare } from './prepare.js';
import { passResponse } from './response.js';

export interface HttpProxy {
  /** Where clients connect: the proxy's origin with the server's path. */
  readonly url: string;
  close(): Promise<void>;
}

export interface HttpProxyOptions {
  readonly upstream: URL;
  /** 0: any free one. */
  readonly port: number;
  readonly inject: boolean;
}

/** What every exchange needs. */
export interface ProxyContext {
  readonly upstream: URL;
  /** The proxy's own origin. */
  readonly own: string;
  readonly outbox: Outbox;
  readonly conversations: Conversations;
  readonly inject: boolean;
  readonly retries: RetryContexts;
  readonly plan: SplicePlan;
}

/** Of a request or a response; tokens can be long, and Node's own bound is 16 KB. */
const maxHeaderBytes = 256 << 10;
/** Idle connections to the server are not kept longer, as Node's `fetch` does it: many servers close them after 5 s. */
const idleMs = 4_000;

export async function startProxy(options: HttpProxyOptions, outbox: Outbox): Promise<HttpProxy> {
  const { upstream } = options;
  const secure = upstream.protocol === 'https:';
  const keeping = { keepAlive: true, timeout: idleMs };
  const agent = secure ? new HttpsAgent(keeping) : new HttpAgent(keeping);
  const conversations = new Conversations((number, message) => outbox.control(number, message), {
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'network.protocol.version': '1.1',
    'server.address': upstream.hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(upstream.port || (secure ? 443 : 80)),
  });
  const key = process.env.SPANPATH_PROXY_KEY || null;
  const limits = { requestTimeout: 0, keepAliveTimeout: 60_000, maxHeaderSize: maxHeaderBytes };
  const server = createServer(limits);
  server.timeout = 0;
  const port = await listen(server, options.port);
  const own = `http://127.0.0.1:${port}`;
  const { inject } = options;
  const retries = new RetryContexts();
  const plan = new SplicePlan(retries);
  const context: ProxyContext = { upstream, own, outbox, conversations, inject, retries, plan };
  server.on('request', (request, response) => {
    const refusal = refusalOf(request, upstream, port, key);
    if (refusal !== null) refuse(response, 403, refusal);
    else {
      forward(request, response, context, agent, secure).catch((error) =>
        refuse(response, 502, `cannot be passed on: ${error}`),
      );
    }
  });
  return {
    url: `${own}${upstream.pathname}${upstream.search}`,
    close: async () => {
      conversations.endAll('the proxy was stopped');
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** In the environment, since arguments can be read by every process of the machine. */
const keyHeader = 'spanpath-key';

function refusalOf(
  request: IncomingMessage,
  upstream: URL,
  port: number,
  key: string | null,
): string | null {
  // Not `headers`, which is made when it is first asked for.
  const { rawHeaders } = request;
  if (!isOwnHost(headerOf(rawHeaders, 'host'), port)) {
    return 'this proxy answers to 127.0.0.1 and localhost only';
  }
  if (!isAllowedOrigin(headerOf(rawHeaders, 'origin'), upstream)) {
    return 'pages of other origins may not use this proxy';
  }
  // Metadata is public, and read by parts of clients that know of no header.
  if (key === null || request.url?.startsWith('/.well-known/')) return null;
  return headerOf(rawHeaders, keyHeader) === key
    ? null
    : 'this proxy serves the program that started it only';
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(`spanpath: ${message}\n`);
}

/** Replaced, or true of the connection to the proxy only. */
const replaced = connectionHeaders('host', 'content-length', keyHeader);
/** What is to be changed on its way back must come as it is. */
const replacedForMetadata = new Set([...replaced, 'accept-encoding']);

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  context: ProxyContext,
  agent: HttpAgent | HttpsAgent,
  secure: boolean,
): Promise<void> {
  const { outbox, upstream } = context;
  const body = await readBody(request);
  // The client went away in the middle of its request: there is nothing to forward.
  if (body === null) return;
  const prepared = prepare(request, body.start, body.rest !== null, context);
  const exchange = new Exchange(request, prepared, context);
  const without = isResourceMetadata(exchange.path) ? replacedForMetadata : replaced;
  const headers = headersWithout(prepared.headers, without);
  headers.push('Host', upstream.host);
  if (body.rest) {
    const length = headerOf(request.rawHeaders, 'content-length');
    if (length === null) headers.push('Transfer-Encoding', 'chunked');
    else headers.push('Content-Length', length);
  } else if (prepared.body.length > 0 || request.method === 'POST') {
    headers.push('Content-Length', String(prepared.body.length));
  }
  const send = secure ? httpsRequest : httpRequest;
  const path = request.url ?? '/';
  const out = send({
    // Never another host, whatever the request line says.
    hostname: upstream.hostname.replace(/^\[|\]$/g, ''),
    port: upstream.port || (secure ? 443 : 80),
    path: path.startsWith('/') ? path : upstream.pathname,
    method: request.method ?? 'GET',
    // Node takes the flat list of names and values as well; its types do not say so.
    headers: headers as unknown as NodeJS.Dict<string>,
    agent,
    maxHeaderSize: maxHeaderBytes,
  });
  out.on('response', (answer) => {
    try {
      passResponse(answer, response, exchange, context);
    } catch (error) {
      // A head that Node reads and does not write.
      exchange.failed(String(error));
      answer.destroy();
      refuse(response, 502, `${upstream.origin} answered what cannot be passed on: ${error}`);
    }
  });
  out.on('error', (error) => {
    exchange.failed(error.message);
    refuse(response, 502, `${upstream.origin} did not answer: ${error.message}`);
  });
  // Before the answer is complete this is the client's doing.
  response.on('close', () => {
    if (!response.writableFinished) {
      exchange.clientLeft();
      out.destroy();
    }
  });
  if (body.rest) {
    out.write(prepared.body);
    const passing = new PassingLine(outbox.now());
    passing.add(body.start);
    body.rest.on('data', (part: Buffer) => passing.add(part));
    body.rest.on('end', () => exchange.askedAtLength(passing));
    body.rest.pipe(out);
  } else out.end(prepared.body);
  exchange.asked(outbox.now());
}
