import { type Agent as HttpAgent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** How one attempt ended. */
export type Attempt =
  | { readonly kind: 'taken'; readonly rejected: number; readonly reason: string }
  /** Worth another try: 429, 502, 503, 504 (OTLP 1.11, “Retryable response codes”) or no answer. */
  | { readonly kind: 'later'; readonly afterMs: number | null; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

const timeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024;
const retryable = new Set([429, 502, 503, 504]);

/** Posts a body and reads the answer; never throws. Redirects are not followed. */
export function postRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  agent: HttpAgent,
  readRejected: (answer: Buffer) => { rejected: number; reason: string },
): { readonly attempt: Promise<Attempt>; cancel(): void } {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  let cancel = (): void => {};
  const attempt = new Promise<Attempt>((resolve) => {
    const request = start(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': String(body.length) },
    });
    const deadline = setTimeout(() => {
      request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    deadline.unref();
    cancel = () => request.destroy(new Error('stopped'));
    const end = (result: Attempt): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    request.on('error', (error) => end({ kind: 'later', afterMs: null, reason: error.message }));
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        if (length < maxAnswerBytes) parts.push(part);
        length += part.length;
      });
      response.on('error', (error) => end({ kind: 'later', afterMs: null, reason: error.message }));
      response.on('end', () => {
        const answer = Buffer.concat(parts);
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) end({ kind: 'taken', ...readRejected(answer) });
        else {
          const reason = `HTTP ${status}${messageIn(answer)}`;
          if (!retryable.has(status)) end({ kind: 'refused', reason });
          else {
            const afterMs = readRetryAfter(response.headers['retry-after'], Date.now());
            end({ kind: 'later', afterMs, reason });
          }
        }
      });
    });
    request.end(body);
  });
  return { attempt, cancel: () => cancel() };
}

/** `Retry-After` in ms from `now`: seconds, or an HTTP date; null when it says nothing. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The readable part of an error's answer: the message of a `google.rpc.Status`, or short text. */
function messageIn(answer: Buffer): string {
  const text = answer.toString('utf8');
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.){1,300})"/.exec(text)?.[1] ?? text;
  const plain = [...said].filter((char) => char >= ' ' && char !== '\x7f' && char !== '\ufffd');
  return plain.length === 0 ? '' : `: ${plain.slice(0, 200).join('')}`;
}
