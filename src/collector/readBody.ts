import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';

/** Largest body, before and after decompression (OTLP recommends 64 MiB). */
export const maxBodyBytes = 64 * 1024 * 1024;

export class BodyError extends Error {
  constructor(
    readonly status: 400 | 408 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

/** Reads and decompresses a body. @throws BodyError past the limit, for bad gzip, or a cut body. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const coding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (coding !== 'identity' && coding !== 'gzip') {
    return Promise.reject(new BodyError(415, `Content-Encoding ${coding} is not understood`));
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    return Promise.reject(new BodyError(413, 'the body is larger than 64 MiB'));
  }
  return new Promise((resolve, reject) => {
    const stream = coding === 'gzip' ? request.pipe(createGunzip()) : request;
    const pieces: Buffer[] = [];
    let length = 0;
    const stop = (error: BodyError): void => {
      if (stream !== request) {
        request.unpipe();
        stream.destroy();
      }
      pieces.length = 0;
      reject(error);
    };
    stream.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > maxBodyBytes) stop(new BodyError(413, 'the body is larger than 64 MiB'));
      else pieces.push(piece);
    });
    stream.on('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
    stream.on('error', () => stop(new BodyError(400, 'the body is not gzip')));
    request.on('aborted', () => stop(new BodyError(400, 'the body was cut off')));
    request.on('error', () => stop(new BodyError(400, 'the body was cut off')));
  });
}
