/**
 * Puts a `traceparent` into `params._meta` (SEP-414) by replacing or inserting bytes; every other
 * byte of the message stays as it was.
 */
import { type ScannedMessage, skipSpace } from './scan.js';

/** Replace `remove` bytes at `at` with `insert` (ASCII). */
export interface ByteEdit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * The edit that makes `message` carry `traceparent`, or null when there is no place for it:
 * `params` or `_meta` is there and is not an object.
 */
export function planTraceparent(
  bytes: Uint8Array,
  message: ScannedMessage,
  traceparent: string,
): ByteEdit | null {
  const { params, meta, range } = message;
  if (message.traceparent) {
    const { start, end } = message.traceparent;
    return { at: start, remove: end - start, insert: `"${traceparent}"` };
  }
  const member = `"traceparent":"${traceparent}"`;
  if (meta) return intoObject(bytes, meta.start, meta.end, member);
  if (params) return intoObject(bytes, params.start, params.end, `"_meta":{${member}}`);
  // The object holds a method at least, so something precedes the closing brace.
  return { at: range.end - 1, remove: 0, insert: `,"params":{"_meta":{${member}}}` };
}

/** As the first member: what follows, duplicates included, keeps its order and its meaning. */
function intoObject(
  bytes: Uint8Array,
  start: number,
  end: number,
  member: string,
): ByteEdit | null {
  if (bytes[start] !== 0x7b) return null;
  const empty = bytes[skipSpace(bytes, start + 1, end)] === 0x7d;
  return { at: start + 1, remove: 0, insert: empty ? member : `${member},` };
}

/** `bytes` with the edits carried out; they are in order and do not overlap. */
export function applyEdits(bytes: Uint8Array, edits: readonly ByteEdit[]): Uint8Array {
  let length = bytes.length;
  for (const edit of edits) length += edit.insert.length - edit.remove;
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  for (const edit of edits) {
    out.set(bytes.subarray(from, edit.at), to);
    to += edit.at - from;
    for (let index = 0; index < edit.insert.length; index++) {
      out[to++] = edit.insert.charCodeAt(index);
    }
    from = edit.at + edit.remove;
  }
  out.set(bytes.subarray(from), to);
  return out;
}
