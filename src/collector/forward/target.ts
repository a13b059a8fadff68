import type { ForwardTarget } from '../../core/protocol.js';
import type { ChunkSignal } from '../store.js';

export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/**
 * Reads what the user gave as a target: an address and `name=value` headers.
 * @throws TargetError saying what is wrong with it.
 */
export function parseTarget(
  url: string,
  options: {
    readonly headers?: readonly string[];
    readonly encoding?: string;
    readonly gzip?: boolean;
  } = {},
): ForwardTarget {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new TargetError(`'${url}' is not an http or https address to forward to`);
  }
  const encoding = options.encoding ?? 'protobuf';
  if (encoding !== 'protobuf' && encoding !== 'json') {
    throw new TargetError(`'${encoding}' is not an encoding of OTLP: protobuf or json`);
  }
  const headers: Record<string, string> = {};
  if (parsed.username !== '' || parsed.password !== '') {
    const login = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    headers.authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    parsed.username = '';
    parsed.password = '';
  }
  for (const header of options.headers ?? []) {
    const [, name, value] =
      /^\s*([!#$%&'*+.^_`|~\w-]+)\s*[=:]\s*([\t\x20-\x7e]*)$/.exec(header) ?? [];
    if (name === undefined || value === undefined) {
      throw new TargetError('a header to forward with is not NAME=VALUE');
    }
    headers[name.toLowerCase()] = value.trim();
  }
  return { url: parsed.href, headers, encoding, gzip: options.gzip ?? true };
}

/** Headers in the form of `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, percent-encoded. */
export function parseHeaderList(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name = '', ...value] = part.split('=');
      const text = value.join('=').trim();
      try {
        return `${name.trim()}=${decodeURIComponent(text)}`;
      } catch {
        return `${name.trim()}=${text}`;
      }
    });
}

/** Where a signal goes; null when the target is the address of another signal. */
export function addressOf(target: ForwardTarget, signal: ChunkSignal): URL | null {
  const url = new URL(target.url);
  const named = /\/v1\/(traces|logs|metrics)\/?$/.exec(url.pathname)?.[1];
  if (named !== undefined) return named === signal ? url : null;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`;
  return url;
}

/** For messages and status. */
export function shownUrl(target: ForwardTarget): string {
  const url = new URL(target.url);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
