/** Reads a request's body up to a bound. */
import type { IncomingMessage } from 'node:http';

/** A larger body is forwarded as it comes, without a splice. */
const maxHeld = 4 << 20;

export interface Body {
  readonly start: Buffer;
  /** The request itself, paused, when more is to come. */
  readonly rest: IncomingMessage | null;
}

/** Null when the client left before its end. */
export function readBody(request: IncomingMessage): Promise<Body | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const onData = (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes <= maxHeld) return;
      request.pause();
      stop();
      resolve({ start: Buffer.concat(parts), rest: request });
    };
    const onEnd = () => {
      stop();
      const [only] = parts;
      resolve({ start: parts.length === 1 && only ? only : Buffer.concat(parts), rest: null });
    };
    const onClose = () => {
      stop();
      resolve(null);
    };
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // An error later on must not be the end of the proxy.
      request.on('error', () => {});
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
