import type { ReceivedRequest } from './receivedRequest.js';

/**
 * Requests that wait for a target, bounded by their bytes: what is oldest gives way, so that a
 * target that is down costs neither memory without end nor the newest spans.
 */
export class SendQueue {
  private readonly requests: ReceivedRequest[] = [];
  bytes = 0;
  /** Records that gave way. */
  dropped = 0;

  constructor(private readonly maxBytes: number) {}

  get length(): number {
    return this.requests.length;
  }

  push(request: ReceivedRequest): void {
    this.requests.push({ ...request, body: onItsOwn(request.body) });
    this.bytes += request.body.length;
    this.trim();
  }

  /** A request whose attempt failed is the next again. */
  putBack(request: ReceivedRequest): void {
    this.requests.unshift(request);
    this.bytes += request.body.length;
    this.trim();
  }

  shift(): ReceivedRequest | undefined {
    const request = this.requests.shift();
    if (request) this.bytes -= request.body.length;
    return request;
  }

  private trim(): void {
    while (this.bytes > this.maxBytes) this.dropped += this.shift()!.records;
  }
}

/** A small body may be a part of a large buffer, which would wait with it without being counted. */
function onItsOwn(body: Uint8Array): Uint8Array {
  return body.buffer.byteLength > body.length * 2 ? new Uint8Array(body) : body;
}
