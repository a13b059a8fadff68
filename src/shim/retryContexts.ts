/**
 * Gives a retry with input (2026-07-28) the `traceparent` of the call it continues, so that the
 * server's work for both stands under one span. Costs nothing until a server wants input.
 */

import { BoundedMap } from '../core/mcp/boundedMap.js';

const maxKept = 1000;
const lineFeed = 0x0a;
const none = Buffer.alloc(0);
/** So much is kept of a line that has not ended. */
const maxRest = 128 << 10;
const marker = Buffer.from('"input_required"');
const statePattern = /"requestState"\s*:\s*("(?:[^"\\]|\\.){0,65536}")/;

export class RetryContexts {
  private readonly byId = new BoundedMap<string, string>(maxKept);
  private readonly byState = new BoundedMap<string, string>(maxKept);
  private rest: Buffer = none;

  /** A request of the stateless revision was given `traceparent`. `id` is as spelled. */
  asked(id: string, traceparent: string): void {
    this.byId.set(id, traceparent);
  }

  /** Bytes of the server, cut anywhere. */
  answered(chunk: Buffer): void {
    if (this.byId.size === 0) return;
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      const lines = chunk.subarray(0, end);
      this.readLines(this.rest.length > 0 ? Buffer.concat([this.rest, lines]) : lines);
      this.rest = none;
    }
    if (end === chunk.length) return;
    // An answer that wants input is small; of a longer one the end is as good as nothing.
    const rest = chunk.subarray(Math.max(end, chunk.length - maxRest));
    this.rest = Buffer.concat([this.rest, rest]).subarray(-maxRest);
  }

  private readLines(lines: Buffer): void {
    if (lines.indexOf(marker) < 0) return;
    for (const line of lines.toString().split('\n')) {
      const id = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)/.exec(line)?.[1];
      const traceparent = id === undefined ? undefined : this.byId.get(id);
      if (traceparent !== undefined) this.wanted(line, traceparent);
    }
  }

  /** `text` is an answer to the request that was given `traceparent`. */
  wanted(text: string, traceparent: string): void {
    const state = text.includes('"input_required"') ? statePattern.exec(text)?.[1] : undefined;
    if (state !== undefined) this.byState.set(state, traceparent);
  }

  /** `state` is as spelled. */
  of(state: string): string | null {
    return this.byState.get(state) ?? null;
  }
}
