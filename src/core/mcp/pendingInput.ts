/**
 * Calls of 2026-07-28 that wait for input: their answer was `input_required`, and the client will
 * ask again under a new id. Shared by all conversations of a shim, since there each HTTP exchange
 * is one of its own.
 */

import { BoundedMap } from './boundedMap.js';
import { memberOf, stringMember } from './naming.js';
import type { OpenCall } from './openCall.js';

const maxWaiting = 1000;

export class PendingInput {
  private readonly waiting = new BoundedMap<string, OpenCall>(maxWaiting);

  /** `answer` is the parsed response. False when it is a plain one. */
  suspend(call: OpenCall, answer: unknown): boolean {
    const result = memberOf(answer, 'result');
    if (memberOf(result, 'resultType') !== 'input_required') return false;
    this.waiting.set(keyOf(call.method, call.target, stringMember(result, 'requestState')), call);
    return true;
  }

  /** The call that a request with these `params` continues, which then no longer waits. */
  resume(method: string, params: unknown): OpenCall | null {
    const state = stringMember(params, 'requestState');
    if (state === null && memberOf(params, 'inputResponses') === undefined) return null;
    return this.waiting.take(keyOf(method, targetOf(params), state)) ?? null;
  }

  /** Those that were never continued. */
  takeAll(): readonly OpenCall[] {
    return this.waiting.takeAll();
  }
}

/** What a request is about; a retry is about the same. */
export function targetOf(params: unknown): string {
  return stringMember(params, 'name') ?? stringMember(params, 'uri') ?? '';
}

/** A state is opaque and need not be there; then the same request again is the retry. */
function keyOf(method: string, target: string, state: string | null): string {
  return state === null ? `${method}\n${target}` : `${method}\n${target}\n${state}`;
}
