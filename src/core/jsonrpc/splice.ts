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

/** Replace `remove` bytes at `at` with a frame and a `traceparent` of 55 bytes between. */
export interface SplicePlace {
  at: number;
  remove: number;
}

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
 * Writes to `place` where `message` takes its `traceparent` and returns the frame around it; null
 * when there is no place for it: `params` or `_meta` is there and is not an object. A value that
 * is there is replaced; else it becomes the first member, so that what follows keeps its order and
 * its meaning.
 */
export function planSplice(
  bytes: Uint8Array,
  message: ScannedMessage,
  place: SplicePlace,
): SpliceFrame | null {
  const { traceparentStart, traceparentEnd, metaStart, metaEnd, paramsStart, paramsEnd } = message;
  place.remove = 0;
  if (traceparentStart >= 0) {
    place.at = traceparentStart;
    place.remove = traceparentEnd - traceparentStart;
    return value;
  }
  if (metaStart >= 0) {
    place.at = metaStart + 1;
    return intoObject(bytes, metaStart, metaEnd, metaMember, onlyMetaMember);
  }
  if (paramsStart >= 0) {
    place.at = paramsStart + 1;
    return intoObject(bytes, paramsStart, paramsEnd, paramsMember, onlyParamsMember);
  }
  place.at = message.end - 1;
  return lastMember;
}

function intoObject(
  bytes: Uint8Array,
  start: number,
  end: number,
  more: SpliceFrame,
  only: SpliceFrame,
): SpliceFrame | null {
  if (bytes[start] !== openBrace) return null;
  return skipSpace(bytes, start + 1, end) === end - 1 ? only : more;
}
