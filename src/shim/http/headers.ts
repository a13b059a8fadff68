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

/** Their names in lower case, and `names` with them. */
export function connectionHeaders(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...hopByHop, ...names]);
}

/** Name and value pairs, in order and spelling; without those named (in lower case). */
export function headersWithout(raw: RawHeaders, without: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!without.has(name.toLowerCase())) kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}

export function headerOf(raw: RawHeaders, wanted: string): string | null {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    // Lengths first: most names need no lower case to be told apart.
    if (name.length === wanted.length && name.toLowerCase() === wanted) {
      return raw[index + 1] ?? null;
    }
  }
  return null;
}

/** The same headers with the values of those named (in lower case) put through `change`. */
export function changeHeaders(
  raw: RawHeaders,
  names: ReadonlySet<string>,
  change: (value: string) => string,
): string[] {
  return raw.map((part, index) =>
    index % 2 === 1 && names.has((raw[index - 1] ?? '').toLowerCase()) ? change(part) : part,
  );
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Loopback names with the right port, so that no page reaches the proxy by a name of its own. */
export function isOwnHost(host: string | null, port: number): boolean {
  const end = `:${port}`;
  if (host?.endsWith(end)) return loopback.has(host.slice(0, -end.length));
  // The port of HTTP itself is not spelled.
  return port === 80 && host !== null && loopback.has(host);
}

/** Browsers say where a request comes from: only pages of this machine, or of the server itself. */
export function isAllowedOrigin(origin: string | null, upstream: URL): boolean {
  if (origin === null || origin === upstream.origin) return true;
  if (!/^https?:/i.test(origin)) return origin !== 'null';
  try {
    const { hostname } = new URL(origin);
    return loopback.has(hostname);
  } catch {
    return false;
  }
}

/** Absolute URLs of the server become the proxy's. */
export function toProxyOrigin(text: string, upstream: URL, own: string): string {
  const { origin } = upstream;
  // Not of a host or a port that only begins alike.
  return text.replaceAll(origin, (found, at: number) =>
    /^[\w.:-]/.test(text.slice(at + origin.length, at + origin.length + 1)) ? found : own,
  );
}

/** RFC 9728: a document that names the resource by the URL that clients use. */
export function isResourceMetadata(path: string): boolean {
  return /\/\.well-known\/oauth-protected-resource(?:[/?]|$)/.test(path);
}
