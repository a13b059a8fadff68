/**
 * Gives a retry with input (2026-07-28) the `traceparent` of the call it continues, so that the
 * server's work for both stands under one span. Costs nothing until a server wants input.
 */

import { BoundedMap } from '../core/mcp/boundedMap.js';

const maxKept = 1000;
const marker = Buffer.from('"input_required"');
const statePattern = /"requestState"\s*:\s*("(?:[^"\\]|\\.){0,65536}")/;

export class RetryContexts {
  private readonly byId = new BoundedMap<string, string>(maxKept);
  private readonly byState = new BoundedMap<string, string>(maxKept);

  /** A request of the stateless revision was given `traceparent`. `id` is as spelled. */
  asked(id: string, traceparent: string): void {
    this.byId.set(id, traceparent);
  }

  /** Bytes of the server; whole lines, where they say that input is wanted. */
  answered(chunk: Buffer): void {
    if (this.byId.size === 0 || chunk.indexOf(marker) < 0) return;
    for (const line of chunk.toString().split('\n')) {
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
