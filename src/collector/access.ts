import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Who may speak to the collector: someone on this machine (`Host`, against DNS rebinding), no
 * foreign web page (`Origin`), and only with the token, unless there is none.
 */
export class Access {
  private readonly digest: Buffer | null;

  constructor(readonly token: string | null) {
    this.digest = token === null ? null : digestOf(token);
  }

  /** Null when the request may pass, else the status to refuse it with. */
  refusal(request: IncomingMessage, port: number): { status: 401 | 403; reason: string } | null {
    const host = (request.headers.host ?? '').toLowerCase();
    const hostName = host.replace(/:\d+$/, '');
    if (!loopbackNames.has(hostName)) return { status: 403, reason: 'Host is not this machine' };
    const { origin } = request.headers;
    if (origin !== undefined && !isOwnOrigin(origin, port)) {
      return { status: 403, reason: 'Origin is not allowed' };
    }
    if (this.digest !== null && !this.hasToken(request, port)) {
      return { status: 401, reason: 'the token is missing or wrong' };
    }
    return null;
  }

  /** Name of the cookie by which a page of the browser view shows its token again. */
  cookieName(port: number): string {
    return `spanpath-${port}`;
  }

  /** Whether the value of an `authorization` header lets a sender in. */
  admits(authorization: string | undefined): boolean {
    return this.digest === null || this.isToken(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1]);
  }

  private hasToken(request: IncomingMessage, port: number): boolean {
    const given = [
      /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1],
      ...(isUi(request) ? [tokenInQuery(request), this.cookie(request, port)] : []),
    ];
    return given.some((token) => this.isToken(token));
  }

  private isToken(token: string | null | undefined): boolean {
    if (token === undefined || token === null || this.digest === null) return false;
    return timingSafeEqual(digestOf(token), this.digest);
  }

  private cookie(request: IncomingMessage, port: number): string | undefined {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=', 2);
      if (name === this.cookieName(port)) return value;
    }
    return undefined;
  }
}

/** Only the browser view may show its token in the address; browsers cannot set headers there. */
function isUi(request: IncomingMessage): boolean {
  return (request.url ?? '').startsWith('/ui/');
}

export function tokenInQuery(request: IncomingMessage): string | null {
  return new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('token');
}

function isOwnOrigin(origin: string, port: number): boolean {
  return [...loopbackNames].some((name) => origin === `http://${name}:${port}`);
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
