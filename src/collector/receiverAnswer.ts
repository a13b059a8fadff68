import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireWriter } from '../core/otlp/wireWriter.js';
import type { Received } from './ingest.js';

export type Encoding = 'protobuf' | 'json';

/** `google.rpc.Code` of the HTTP statuses that a receiver answers with. */
const rpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};

const contentTypes = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const rejectedNames = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const;

/** Which encoding a request is in, by its `Content-Type`; null when it is none of OTLP's. */
export function encodingOf(request: IncomingMessage): Encoding | null {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

/** 200 with an empty message, or with `partial_success` when records were left out. */
export function answerReceived(
  response: ServerResponse,
  encoding: Encoding,
  signal: keyof typeof rejectedNames,
  received: Received,
): void {
  const { rejected } = received;
  const reason = received.firstReason ?? '';
  if (encoding === 'json') {
    const partial =
      rejected === 0
        ? {}
        : { partialSuccess: { [rejectedNames[signal]]: String(rejected), errorMessage: reason } };
    send(response, 200, encoding, JSON.stringify(partial));
    return;
  }
  const writer = new WireWriter(256);
  if (rejected > 0) {
    writer.tag(1, 2);
    const mark = writer.open();
    writer.tag(1, 0);
    writer.varint(rejected);
    writer.tag(2, 2);
    writer.text(reason);
    writer.close(mark);
  }
  send(response, 200, encoding, writer.finish());
}

/** A `google.rpc.Status` in the request's encoding. Retryable are only 429, 502, 503 and 504. */
export function answerFailure(
  response: ServerResponse,
  encoding: Encoding | null,
  status: number,
  message: string,
): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 503 || status === 429) response.setHeader('Retry-After', '1');
  const code = rpcCodes[status] ?? 2;
  if (encoding !== 'protobuf') {
    send(response, status, 'json', JSON.stringify({ code, message }));
    return;
  }
  const writer = new WireWriter(256);
  writer.tag(1, 0);
  writer.varint(code);
  writer.tag(2, 2);
  writer.text(message);
  send(response, status, encoding, writer.finish());
}

function send(
  response: ServerResponse,
  status: number,
  encoding: Encoding,
  body: string | Uint8Array,
): void {
  response.writeHead(status, {
    'Content-Type': contentTypes[encoding],
    'Content-Length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
  });
  response.end(body);
}
