import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';
import { WireWriter } from '../../core/otlp/wireWriter.js';
import type { Received } from '../ingest.js';

/** `ExportTraceServiceResponse` and its sisters, which share their field numbers. */
export function encodeResponse(received: Received): Buffer {
  const writer = new WireWriter(64);
  if (received.rejected > 0) {
    writer.tag(1, 2);
    const mark = writer.open();
    writer.tag(1, 0);
    writer.varint(received.rejected);
    writer.tag(2, 2);
    writer.text(received.firstReason ?? '');
    writer.close(mark);
  }
  return Buffer.from(writer.finish());
}

/** An error as grpc-js takes it; with `retryAfterSeconds` a sender may come again. */
export function failure(
  code: status,
  message: string,
  retryAfterSeconds?: number,
): Partial<ServiceError> {
  const metadata = new Metadata();
  if (retryAfterSeconds !== undefined) {
    metadata.set('grpc-status-details-bin', encodeRetry(code, message, retryAfterSeconds));
  }
  return { code, details: message, metadata };
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo` in its details. */
function encodeRetry(code: status, message: string, seconds: number): Buffer {
  const writer = new WireWriter(128);
  writer.tag(1, 0);
  writer.varint(code);
  writer.tag(2, 2);
  writer.text(message);
  writer.tag(3, 2);
  const detail = writer.open();
  writer.tag(1, 2);
  writer.text('type.googleapis.com/google.rpc.RetryInfo');
  writer.tag(2, 2);
  const info = writer.open();
  writer.tag(1, 2);
  const delay = writer.open();
  writer.tag(1, 0);
  writer.varint(seconds);
  writer.close(delay);
  writer.close(info);
  writer.close(detail);
  return Buffer.from(writer.finish());
}
