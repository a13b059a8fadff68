/**
 * Puts a `traceparent` into `params._meta` (SEP-414) by replacing or inserting bytes; every other
 * byte of the message stays as it was.
 */
import type { ScannedMessage } from './scan.js';
import { openBrace, skipSpace } from './tokens.js';

/** What stands around the `traceparent` in an insertion. */
export interface SpliceFrame {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Replace `remove` bytes at `at` with the frame and a `traceparent` of 55 bytes between. */
export interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly frame: SpliceFrame;
}

export const traceparentBytes = 55;

const encoder = new TextEncoder();
const frame = (before: string, after: string): SpliceFrame => ({
  before: encoder.encode(before),
  after: encoder.encode(after),
});
const value = frame('"', '"');
const metaMember = frame('"traceparent":"', '",');
const onlyMetaMember = frame('"traceparent":"', '"');
const paramsMember = frame('"_meta":{"traceparent":"', '"},');
const onlyParamsMember = frame('"_meta":{"traceparent":"', '"}');
/** The object holds a method at least, so something precedes the closing brace. */
const lastMember = frame(',"params":{"_meta":{"traceparent":"', '"}}');

/**
 * Where `message` takes its `traceparent`, or null when there is no place for it: `params` or
 * `_meta` is there and is not an object. A value that is there is replaced; else it becomes the
 * first member, so that what follows keeps its order and its meaning.
 */
export function planSplice(bytes: Uint8Array, message: ScannedMessage): Splice | null {
  const { traceparentStart, traceparentEnd, metaStart, metaEnd, paramsStart, paramsEnd } = message;
  if (traceparentStart >= 0) {
    return { at: traceparentStart, remove: traceparentEnd - traceparentStart, frame: value };
  }
  if (metaStart >= 0) return intoObject(bytes, metaStart, metaEnd, metaMember, onlyMetaMember);
  if (paramsStart >= 0) {
    return intoObject(bytes, paramsStart, paramsEnd, paramsMember, onlyParamsMember);
  }
  return { at: message.end - 1, remove: 0, frame: lastMember };
}

function intoObject(
  bytes: Uint8Array,
  start: number,
  end: number,
  more: SpliceFrame,
  only: SpliceFrame,
): Splice | null {
  if (bytes[start] !== openBrace) return null;
  const empty = skipSpace(bytes, start + 1, end) === end - 1;
  return { at: start + 1, remove: 0, frame: empty ? only : more };
}

/** How many bytes longer the message becomes. */
export function growthOf(splice: Splice): number {
  const { before, after } = splice.frame;
  return before.length + traceparentBytes + after.length - splice.remove;
}
