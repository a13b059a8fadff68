import { gzip } from 'node:zlib';
import { jsonToProtobuf } from '../../core/otlp/jsonRequest.js';
import { readMessage, type WireObject } from '../../core/otlp/readMessage.js';
import { Message, signals } from '../../core/otlp/schema.js';
import { WireReader } from '../../core/otlp/wireReader.js';
import type { ReceivedRequest } from './receivedRequest.js';

/** The request in an encoding: its own bytes where that is its encoding already. */
export function encodeAs(request: ReceivedRequest, encoding: 'protobuf' | 'json'): Uint8Array {
  if (request.encoding === encoding) return request.body;
  const signal = signals[request.signal];
  if (encoding === 'protobuf') {
    return jsonToProtobuf(signal, request.body).bytes;
  }
  const reader = new WireReader(request.body);
  return Buffer.from(JSON.stringify(readMessage(signal.request, reader, request.body.length)));
}

/** Compressed off the thread. */
export function compress(body: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(body, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

const partialSuccess = new Message('ExportPartialSuccess').define({
  rejected: [1, 'int64'],
  errorMessage: [2, 'string'],
});
const exportResponse = new Message('ExportResponse').define({
  partialSuccess: [1, partialSuccess],
});

/** What a target said that it left out; an answer that cannot be read says nothing. */
export function readRejected(
  answer: Buffer,
  encoding: 'protobuf' | 'json',
): { rejected: number; reason: string } {
  try {
    const response =
      encoding === 'json'
        ? (JSON.parse(answer.toString('utf8') || '{}') as WireObject)
        : readMessage(exportResponse, new WireReader(answer), answer.length);
    const partial = (response.partialSuccess ?? {}) as WireObject;
    const [, count] = Object.entries(partial).find(([key]) => key.startsWith('rejected')) ?? [];
    return { rejected: Number(count ?? 0) || 0, reason: String(partial.errorMessage ?? '') };
  } catch {
    return { rejected: 0, reason: '' };
  }
}
