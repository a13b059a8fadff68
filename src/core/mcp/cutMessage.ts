/**
 * Reads a message whose middle was not kept: the first bytes and the last. The end of a JSON
 * object whose last members are plain values can be read backwards without doubt.
 */
import type { Line } from '../jsonrpc/framing.js';
import { forEachMember, type ScannedMessage, stringAt, textOf } from '../jsonrpc/scan.js';

/** A number, a string without escapes, or a literal. */
const plain = '(?:"[^"\\\\{}\\[\\]]*"|[-+.0-9eE]+|true|false|null)';
const lastMembers = new RegExp(`((?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*)\\}\\s*$`);
const lastOfResult = new RegExp(
  `((?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*)\\}\\s*(?:,\\s*"[A-Za-z_]+"\\s*:\\s*${plain}\\s*)*\\}\\s*$`,
);

function members(text: string): Record<string, unknown> {
  try {
    return JSON.parse(`{${text.replace(/^,/, '')}}`) as Record<string, unknown>;
  } catch {
    return {};
  }
}

interface Ends {
  readonly id: string | null;
  readonly method: string | null;
  /** The member that was cut, or was whole in the head. */
  readonly keys: ReadonlySet<string>;
  readonly isError: boolean;
}

function readEnds(line: Line): Ends {
  let id: string | null = null;
  let method: string | null = null;
  const keys = new Set<string>();
  const { bytes } = line;
  let last = 1;
  forEachMember(bytes, 0, bytes.length, (key, start, end) => {
    keys.add(key);
    last = end;
    if (key === 'id') id = textOf(bytes, start, end);
    else if (key === 'method') method = stringAt(bytes, start, end);
  });
  // The key of the value that the cut went through.
  const open = /^[\s,]*"([A-Za-z_]+)"\s*:/.exec(
    textOf(bytes, last, Math.min(bytes.length, last + 64)),
  );
  if (open?.[1]) keys.add(open[1]);
  const end = textOf(line.tail, 0, line.tail.length);
  const outer = lastMembers.exec(end)?.[1] ?? '';
  const outerMembers = members(outer);
  for (const key of Object.keys(outerMembers)) keys.add(key);
  if (id === null && 'id' in outerMembers) {
    id = /"id"\s*:\s*("[^"]*"|[^,\s}]+)/.exec(outer)?.[1] ?? null;
  }
  if (method === null && typeof outerMembers.method === 'string') method = outerMembers.method;
  const inner = members(lastOfResult.exec(end)?.[1] ?? '');
  return { id, method, keys, isError: inner.isError === true };
}

/** As `scanMessages`, for a line that was cut; the range is that of the part that was kept. */
export function scanCut(line: Line): readonly ScannedMessage[] | null {
  if (line.bytes[0] !== 0x7b) return null;
  const { id, method, keys } = readEnds(line);
  const none = { start: 0, end: 0 };
  return [
    {
      range: { start: 0, end: line.bytes.length },
      kind: method !== null ? (id === null ? 'notification' : 'request') : 'response',
      id,
      method,
      params: null,
      meta: null,
      traceparent: null,
      tracestate: null,
      baggage: null,
      requestState: null,
      result: keys.has('result') ? none : null,
      error: keys.has('error') ? none : null,
    },
  ];
}

/** The least that judging an answer needs. */
export function cutAnswer(line: Line): unknown {
  const { keys, isError } = readEnds(line);
  if (keys.has('error')) return { error: { message: 'too large to be kept' } };
  return { result: { isError } };
}
