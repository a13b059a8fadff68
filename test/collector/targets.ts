import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { ForwardTarget } from '../../src/core/protocol.js';

export interface Arrival {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Decompressed. */
  readonly body: Buffer;
  readonly atMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** An endpoint to forward to, that answers as the test says and keeps what arrives. */
export async function runTarget(
  answer: (arrival: Arrival, place: number) => Answer | 'nothing' = () => ({ status: 200 }),
): Promise<{ url: string; arrivals: Arrival[]; server: Server }> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts);
      const isGzip = request.headers['content-encoding'] === 'gzip';
      const body = isGzip ? gunzipSync(raw) : raw;
      const { url: path = '', headers } = request;
      const arrival = { path, headers, body, atMs: performance.now() };
      arrivals.push(arrival);
      const given = answer(arrival, arrivals.length - 1);
      if (given === 'nothing') return;
      response.writeHead(given.status, given.headers);
      response.end(given.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, arrivals, server };
}

export function target(url: string, more: Partial<ForwardTarget> = {}): ForwardTarget {
  return { url, headers: {}, encoding: 'protobuf', gzip: false, ...more };
}

/** Waits until `check` is true; the test's own timeout ends the wait. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10));
}
