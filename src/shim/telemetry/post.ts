/** One OTLP/HTTP request. */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Target } from '../discovery.js';

export interface PostResult {
  /** `retry`: not taken now, perhaps later. `refused`: never will be. */
  readonly kind: 'accepted' | 'retry' | 'refused';
  readonly detail: string;
  /** What the receiver asked for in `Retry-After`. */
  readonly retryAfterMs: number | null;
}

const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
/**
 * OTLP 1.11, "Retryable response codes"; and those that say that this is not our collector, or not
 * our token: the data is good, and another collector may take it.
 */
const retryable = new Set([429, 502, 503, 504, 401, 403, 404, 405]);

/** Never rejects. `timeoutMs` covers the whole exchange; the body is sent piece by piece. */
export async function postOtlp(
  target: Target,
  signal: 'traces' | 'logs',
  body: readonly Uint8Array[],
  gzipped: boolean,
  timeoutMs: number,
): Promise<PostResult> {
  const send = await sender(target);
  return new Promise((resolve) => {
    const done = (kind: PostResult['kind'], detail: string, retryAfterMs: number | null = null) =>
      resolve({ kind, detail, retryAfterMs });
    try {
      const request = send(`${target.endpoint}/v1/${signal}`, {
        method: 'POST',
        ...(send === httpRequest ? { agent } : {}),
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': body.reduce((sum, { length }) => sum + length, 0),
          ...(gzipped ? { 'content-encoding': 'gzip' } : {}),
          ...(target.token === null ? {} : { authorization: `Bearer ${target.token}` }),
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      request.on('error', (error) => done('retry', error.message));
      request.on('response', (response) => {
        const status = response.statusCode ?? 0;
        response.on('error', (error) => done('retry', error.message));
        response.on('end', () => {
          if (status >= 200 && status < 300) done('accepted', '');
          else if (retryable.has(status)) {
            done('retry', `HTTP ${status}`, retryAfter(response.headers));
          } else done('refused', `HTTP ${status}`);
        });
        // What a receiver says beside its status is not needed, and may be endless.
        response.resume();
      });
      request.cork();
      for (const piece of body) request.write(piece);
      request.end();
    } catch (error) {
      // An address that is none, say: what was to go there is good, and another may take it.
      done('retry', error instanceof Error ? error.message : String(error));
    }
  });
}

/** TLS weighs four megabytes, and a collector on this machine needs none. */
async function sender({ endpoint }: Target): Promise<typeof httpRequest> {
  return /^https:/i.test(endpoint) ? (await import('node:https')).request : httpRequest;
}

function retryAfter(headers: IncomingHttpHeaders): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
