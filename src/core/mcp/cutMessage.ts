/**
 * Reads a message whose middle was not kept: the first bytes and the last. The end of a JSON
 * object whose last members are plain values can be read backwards without doubt.
 */
import type { Line } from '../jsonrpc/framing.js';
import { Members } from '../jsonrpc/members.js';
import { stringAt, textOf } from '../jsonrpc/tokens.js';

/** A number, a string without escapes, or a literal. */
const plain = '(?:"[^"\\\\{}\\[\\]]*"|[-+.0-9eE]+|true|false|null)';
const lastMembers = new RegExp(`((?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*)\\}\\s*$`);
const lastOfResult = new RegExp(
  `((?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*)\\}\\s*(?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*\\}\\s*$`,
);

function plainMembers(text: string): Record<string, unknown> {
  try {
    return JSON.parse(`{${text.replace(/^,/, '')}}`) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export interface CutMessage {
  readonly kind: 'request' | 'notification' | 'response';
  readonly id: string | null;
  readonly method: string | null;
  /** The least that naming a request or judging an answer needs. */
  readonly parsed: unknown;
}

/** Null when the line is no JSON object. */
export function readCut(line: Line): CutMessage | null {
  const { bytes } = line;
  if (bytes[0] !== 0x7b) return null;
  let id: string | null = null;
  let method: string | null = null;
  const keys = new Set<string>();
  const members = new Members(bytes, 0, bytes.length);
  let last = 1;
  while (members.next()) {
    const { key, valueStart, valueEnd } = members;
    keys.add(key);
    last = valueEnd;
    if (key === 'id') id = textOf(bytes, valueStart, valueEnd);
    else if (key === 'method') method = stringAt(bytes, valueStart, valueEnd);
  }
  // The key of the value that the cut went through.
  const open = /^[\s,]*"([A-Za-z_]+)"\s*:/.exec(
    textOf(bytes, last, Math.min(bytes.length, last + 64)),
  );
  if (open?.[1]) keys.add(open[1]);
  const end = textOf(line.tail, 0, line.tail.length);
  const outer = lastMembers.exec(end)?.[1] ?? '';
  const outerMembers = plainMembers(outer);
  for (const key of Object.keys(outerMembers)) keys.add(key);
  if (id === null && 'id' in outerMembers) {
    id = /"id"\s*:\s*("[^"]*"|[^,\s}]+)/.exec(outer)?.[1] ?? null;
  }
  if (method === null && typeof outerMembers.method === 'string') method = outerMembers.method;
  if (method !== null) {
    const params = { name: toolName(bytes) };
    return { kind: id === null ? 'notification' : 'request', id, method, parsed: { params } };
  }
  const inner = plainMembers(lastOfResult.exec(end)?.[1] ?? '');
  const parsed = keys.has('error')
    ? { error: { message: 'too large to be kept' } }
    : { result: { isError: inner.isError === true } };
  return { kind: 'response', id, method, parsed };
}

/** `params.name` where it stands before the arguments, as every SDK writes it. */
function toolName(bytes: Uint8Array): string | undefined {
  const start = textOf(bytes, 0, Math.min(bytes.length, 1024));
  return /"params"\s*:\s*\{\s*"name"\s*:\s*"([^"\\]*)"/.exec(start)?.[1];
}

/** The `traceparent` of this trace that stands in what was kept: the caller's, which was continued. */
export function traceparentIn({ bytes, tail }: Line, traceId: string): string | null {
  for (const part of [tail, bytes]) {
    const text = textOf(part, 0, part.length);
    for (const [found, trace] of text.matchAll(/\b00-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}\b/g)) {
      if (trace === traceId) return found;
    }
  }
  return null;
}
