import type { IncomingMessage } from 'node:http';
import type { ChunkSignal } from '../store.js';

/** An export request as it was received, and how much is in it. */
export interface ReceivedRequest {
  readonly signal: ChunkSignal;
  readonly encoding: 'protobuf' | 'json';
  /** Decompressed. Not to be changed. */
  readonly body: Uint8Array;
  /** Spans, log records or metrics that were stored. */
  readonly records: number;
  /** Collectors that forwarded it before, so that two do not send it to each other for ever. */
  readonly via: readonly string[];
}

/** Names the collectors that a request came through. */
export const viaHeader = 'spanpath-via';
/** Longer chains are cut: nobody builds them on purpose. */
export const maxVia = 8;

export function readVia(request: IncomingMessage): string[] {
  const header = request.headers[viaHeader];
  return typeof header === 'string' ? header.split(',', maxVia).map((id) => id.trim()) : [];
}
