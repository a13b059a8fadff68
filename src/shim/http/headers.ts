/** Headers and URLs between the proxy's own origin and the server's. */

/** RFC 9110, 7.6.1: they belong to one connection. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export type RawHeaders = readonly string[];

/** Name and value pairs, in order and spelling; without those that belong to the connection. */
export function endToEnd(raw: RawHeaders, without: ReadonlySet<string> = new Set()): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower) && !without.has(lower)) kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}

export function headerOf(raw: RawHeaders, wanted: string): string | null {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === wanted) return raw[index + 1] ?? null;
  }
  return null;
}

/** The same headers with the value of `wanted` put through `change`. */
export function changeHeader(
  raw: RawHeaders,
  wanted: string,
  change: (value: string) => string,
): string[] {
  return raw.map((part, index) =>
    index % 2 === 1 && raw[index - 1]?.toLowerCase() === wanted ? change(part) : part,
  );
}

/** Loopback names with the right port, so that no page reaches the proxy by a name of its own. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}` || host === `[::1]:${port}`;
}

/** Browsers say where a request comes from: only pages of this machine, or of the server itself. */
export function isAllowedOrigin(origin: string | undefined, upstream: URL): boolean {
  if (origin === undefined || origin === upstream.origin) return true;
  if (!/^https?:/i.test(origin)) return origin !== 'null';
  try {
    const { hostname } = new URL(origin);
    return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  } catch {
    return false;
  }
}

/** Absolute URLs of the server become the proxy's. */
export function toProxyOrigin(text: string, upstream: URL, own: string): string {
  return text.replaceAll(upstream.origin, own);
}
