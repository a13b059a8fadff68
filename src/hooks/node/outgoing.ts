/** HTTP that a handler asks for, seen through Node's diagnostics channels; nothing is replaced. */
import { scopes } from '../../core/mcp/conventions.js';
import type { Attributes } from '../../core/trace/model.js';
import { describeError, exceptionEvent } from './errors.js';
import { isHttpTold, parentIds, registeredApi } from './otelContext.js';
import { nowMs, randomHex, type SpanIds } from './records.js';
import type { Telemetry } from './telemetry.js';

interface Open {
  readonly ids: SpanIds;
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly method: string;
  readonly attributes: Record<string, string | number>;
}

interface ClientRequest {
  readonly res?: { readonly statusCode?: number; readonly errored?: Error | null } | null;
  once(name: 'close', listener: () => void): void;
  readonly method: string;
  readonly protocol: string;
  readonly path: string;
  readonly host: string;
  getHeader(name: string): unknown;
}

interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
}

const maxUrl = 2000;
/** A large app has thousands of modules: the look at all of them is not for every request. */
const lookAgainMs = 1000;
const instrumented = { found: false, lookedMs: Number.NEGATIVE_INFINITY };

export function watchOutgoing(telemetry: Telemetry): void {
  const { subscribe } =
    require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  const open = new WeakMap<object, Open>();
  const listen = (name: string, listener: (message: never) => void): void => {
    subscribe(name, (message) => {
      try {
        listener(message as never);
      } catch {
        // A message of an unknown shape is no request that can be shown.
      }
    });
  };
  const start = (request: object, method: string, url: () => string): void => {
    const parent = parentIds();
    // Where the app tells of its requests, two spans for one request would mislead.
    if (!parent || isInstrumented() || isHttpTold()) return;
    const text = url();
    if (isExport(method, text)) return;
    const ids = { traceId: parent.traceId, spanId: randomHex(16) };
    open.set(request, {
      ids,
      parentSpanId: parent.spanId,
      startMs: nowMs(),
      method,
      attributes: describeUrl(method, text),
    });
  };
  const end = (request: object, status: number | null, error: unknown): void => {
    const span = open.get(request);
    if (!span) return;
    open.delete(request);
    finish(telemetry, span, status, error);
  };

  listen('http.client.request.start', ({ request }: { request: ClientRequest }) => {
    start(
      request,
      request.method,
      () => `${request.protocol}//${request.getHeader('host') ?? request.host}${request.path}`,
    );
    // One that was upgraded has no response that ends.
    request.once('close', () =>
      end(request, request.res?.statusCode ?? null, request.res?.errored ?? null),
    );
  });
  listen(
    'http.client.response.finish',
    ({
      request,
      response,
    }: {
      request: ClientRequest;
      response: {
        statusCode?: number;
        once(name: string, listener: () => void): void;
        complete?: boolean;
        errored?: Error | null;
      };
    }) => {
      const finished = (): void =>
        end(request, response.statusCode ?? null, response.errored ?? null);
      if (response.complete) finished();
      else response.once('close', finished);
    },
  );
  listen(
    'http.client.request.error',
    ({ request, error }: { request: ClientRequest; error: unknown }) => end(request, null, error),
  );

  const statuses = new WeakMap<object, number>();
  listen('undici:request:create', ({ request }: { request: UndiciRequest }) => {
    start(
      request,
      request.method,
      () => `${String(request.origin).replace(/\/$/, '')}${request.path}`,
    );
  });
  listen(
    'undici:request:headers',
    ({ request, response }: { request: UndiciRequest; response: { statusCode: number } }) => {
      statuses.set(request, response.statusCode);
    },
  );
  listen('undici:request:trailers', ({ request }: { request: UndiciRequest }) =>
    end(request, statuses.get(request) ?? null, null),
  );
  listen('undici:request:error', ({ request, error }: { request: UndiciRequest; error: unknown }) =>
    end(request, statuses.get(request) ?? null, error),
  );
}

/** Telemetry on its way out, as OTLP/HTTP names its paths: no work of the handler. */
function isExport(method: string, url: string): boolean {
  return method === 'POST' && /\/v1\/(traces|metrics|logs)$/.test(new URL(url).pathname);
}

function isInstrumented(): boolean {
  if (!registeredApi().trace) return false;
  const now = nowMs();
  if (now - instrumented.lookedMs > lookAgainMs && !instrumented.found) {
    instrumented.lookedMs = now;
    instrumented.found = Object.keys(require.cache).some((file) =>
      /[\\/]@opentelemetry[\\/]instrumentation-(http|undici)[\\/]/.test(file),
    );
  }
  return instrumented.found;
}

function describeUrl(method: string, text: string): Record<string, string | number> {
  const url = new URL(text);
  // Credentials and query values may be secrets; the keys say enough.
  const keys = [...url.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=…`).join('&');
  return {
    'http.request.method': method,
    'url.full': `${url.origin}${url.pathname}${keys ? `?${keys}` : ''}`.slice(0, maxUrl),
    'server.address': url.hostname,
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
}

/** A `DOMException` has a number for a code, and says more by its name. */
function nameOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'error';
}

function finish(telemetry: Telemetry, span: Open, status: number | null, error: unknown): void {
  const endMs = nowMs();
  const isFailed = error !== null && error !== undefined;
  const attributes: Attributes = {
    ...span.attributes,
    ...(status === null ? {} : { 'http.response.status_code': status }),
    ...(isFailed
      ? { 'error.type': nameOf(error) }
      : status !== null && status >= 400
        ? { 'error.type': String(status) }
        : {}),
  };
  telemetry.addSpan(() => ({
    ...span.ids,
    parentSpanId: span.parentSpanId,
    name: span.method,
    kind: 3,
    startMs: span.startMs,
    endMs,
    attributes: [attributes],
    events: isFailed ? [exceptionEvent(error, endMs)] : [],
    links: [],
    status:
      'error.type' in attributes
        ? { code: 2, message: isFailed ? describeError(error) : '' }
        : { code: 0, message: '' },
    scope: scopes.nodeHook,
    scopeVersion: '',
  }));
}
