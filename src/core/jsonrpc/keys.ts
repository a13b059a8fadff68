/** The keys of a message that Spanpath knows, found in bytes. */
import { backslash, stringAt } from './tokens.js';

const encoder = new TextEncoder();
const known = (name: string) => ({ name, bytes: encoder.encode(name) });

export const keys = {
  id: known('id'),
  method: known('method'),
  params: known('params'),
  result: known('result'),
  error: known('error'),
  meta: known('_meta'),
  arguments: known('arguments'),
  requestState: known('requestState'),
  traceparent: known('traceparent'),
  tracestate: known('tracestate'),
  baggage: known('baggage'),
  protocolVersion: known('io.modelcontextprotocol/protocolVersion'),
} as const;
export type Key = (typeof keys)[keyof typeof keys];

/** The only known key of this length and first byte, so that most keys are compared with none. */
function candidate(length: number, first: number | undefined): Key | null {
  switch (length) {
    case 2:
      return keys.id;
    case 5:
      return first === 0x5f ? keys.meta : keys.error;
    case 6:
      return first === 0x70 ? keys.params : first === 0x6d ? keys.method : keys.result;
    case 7:
      return keys.baggage;
    case 9:
      return keys.arguments;
    case 10:
      return keys.tracestate;
    case 11:
      return keys.traceparent;
    case 12:
      return keys.requestState;
    case 38:
      return keys.protocolVersion;
    default:
      return null;
  }
}

/** The shortest escape of a letter. */
const escapeBytes = 6;

/**
 * The known key that is spelled from `start` to `end`, quotes included, or null. With escapes it
 * is the same key.
 */
export function keyAt(bytes: Uint8Array, start: number, end: number): Key | null {
  const length = end - start - 2;
  const key = candidate(length, bytes[start + 1]);
  if (key) {
    let index = 0;
    while (index < length && bytes[start + 1 + index] === key.bytes[index]) index++;
    if (index === length) return key;
  }
  return length > escapeBytes && hasEscapes(bytes, start, end) ? escaped(bytes, start, end) : null;
}

function hasEscapes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === backslash) return true;
  }
  return false;
}

function escaped(bytes: Uint8Array, start: number, end: number): Key | null {
  const text = stringAt(bytes, start, end);
  return Object.values(keys).find(({ name }) => name === text) ?? null;
}
