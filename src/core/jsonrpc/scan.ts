/**
 * Reads what Spanpath must know of a JSON-RPC message by walking its bytes: id, method, and where
 * `params`, `_meta` and the trace context stand. Nothing is decoded or printed again, so a message
 * can be edited without touching any other byte of it, and a call costs well under a microsecond.
 *
 * The walk is tolerant: it finds its way through text that a strict parser would refuse, because
 * refusing is the peer's business. With a key that occurs twice the last one counts, as it does
 * for `JSON.parse`.
 */
import { type Key, keyAt, keys } from './keys.js';
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  skipString,
  skipValue,
  stringAt,
  textOf,
} from './tokens.js';

/** Offsets into the bytes that were scanned; ranges are half-open, and -1 means absent. */
export class ScannedMessage {
  /** After the closing brace. */
  end = -1;
  idStart = -1;
  idEnd = -1;
  methodStart = -1;
  methodEnd = -1;
  paramsStart = -1;
  paramsEnd = -1;
  /** `_meta` inside `params`, whatever its type. */
  metaStart = -1;
  metaEnd = -1;
  /** Values inside `_meta`, quotes included. */
  traceparentStart = -1;
  traceparentEnd = -1;
  tracestateStart = -1;
  tracestateEnd = -1;
  baggageStart = -1;
  baggageEnd = -1;
  /** `requestState` inside `params`: a retry of 2026-07-28 that continues an earlier call. */
  requestStateStart = -1;
  requestStateEnd = -1;
  resultStart = -1;
  resultEnd = -1;
  /** `arguments` inside `params`. */
  argumentsStart = -1;
  argumentsEnd = -1;
  errorStart = -1;
  /** `_meta` names its protocol version, as requests do from 2026-07-28 on. */
  isStateless = false;

  constructor(public start: number) {}

  /** As new, for a message at `start`. */
  reset(start: number): void {
    this.start = start;
    this.end = this.idStart = this.idEnd = this.methodStart = this.methodEnd = -1;
    this.paramsStart = this.paramsEnd = this.metaStart = this.metaEnd = -1;
    this.traceparentStart = this.traceparentEnd = this.tracestateStart = this.tracestateEnd = -1;
    this.baggageStart = this.baggageEnd = this.requestStateStart = this.requestStateEnd = -1;
    this.resultStart = this.resultEnd = this.argumentsStart = this.argumentsEnd = -1;
    this.errorStart = -1;
    this.isStateless = false;
  }

  /** `request` has a method and an id, `notification` a method, `response` only an answer. */
  get kind(): 'request' | 'notification' | 'response' | 'other' {
    if (this.methodStart >= 0) return this.idStart >= 0 ? 'request' : 'notification';
    return this.resultStart >= 0 || this.errorStart >= 0 ? 'response' : 'other';
  }

  /** The id as it is spelled, quotes included, so that `1` and `"1"` differ; null when absent. */
  idIn(bytes: Uint8Array): string | null {
    return this.idStart < 0 ? null : textOf(bytes, this.idStart, this.idEnd);
  }

  methodIn(bytes: Uint8Array): string | null {
    return this.methodStart < 0 ? null : stringAt(bytes, this.methodStart, this.methodEnd);
  }
}

/**
 * The messages of one line: one for an object, several for a batch, and `null` when the line is
 * not a JSON object or array from its first byte to its last (white space aside).
 */
export function scanMessages(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): readonly ScannedMessage[] | null {
  const first = skipSpace(bytes, start, end);
  if (first >= end) return null;
  if (bytes[first] === openBracket) return scanBatch(bytes, first, end);
  const message = new ScannedMessage(first);
  return scanMessage(bytes, first, end, message) ? [message] : null;
}

/** Reads a line that is one object into `message`; false when it is not. */
export function scanMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  message: ScannedMessage,
): boolean {
  const first = skipSpace(bytes, start, end);
  if (first >= end || bytes[first] !== openBrace) return false;
  message.reset(first);
  return scanObject(bytes, message, end) && skipSpace(bytes, message.end, end) === end;
}

function scanBatch(bytes: Uint8Array, start: number, end: number): ScannedMessage[] | null {
  const messages: ScannedMessage[] = [];
  let at = skipSpace(bytes, start + 1, end);
  if (at < end && bytes[at] === closeBracket) {
    return skipSpace(bytes, at + 1, end) === end ? messages : null;
  }
  while (at < end) {
    if (bytes[at] === openBrace) {
      const message = new ScannedMessage(at);
      if (!scanObject(bytes, message, end)) return null;
      messages.push(message);
      at = message.end;
    } else {
      at = skipValue(bytes, at, end);
      if (at < 0) return null;
    }
    at = skipSpace(bytes, at, end);
    if (at >= end) return null;
    if (bytes[at] === closeBracket) {
      return skipSpace(bytes, at + 1, end) === end ? messages : null;
    }
    if (bytes[at] !== comma) return null;
    at = skipSpace(bytes, at + 1, end);
  }
  return null;
}

/** The object that starts at `message.start`; false when it does not end before `end`. */
function scanObject(bytes: Uint8Array, message: ScannedMessage, end: number): boolean {
  let inside: 'message' | 'params' | 'meta' = 'message';
  let isFirst = true;
  let at = message.start + 1;
  while (true) {
    at = skipSpace(bytes, at, end);
    if (at >= end) return false;
    if (bytes[at] === closeBrace) {
      at++;
      isFirst = false;
      if (inside === 'message') {
        message.end = at;
        return true;
      }
      if (inside === 'meta') {
        message.metaEnd = at;
        inside = 'params';
      } else {
        message.paramsEnd = at;
        inside = 'message';
      }
      continue;
    }
    if (isFirst) isFirst = false;
    else if (bytes[at] === comma) at = skipSpace(bytes, at + 1, end);
    else return false;
    if (at >= end || bytes[at] !== quote) return false;
    const keyEnd = skipString(bytes, at, end);
    if (keyEnd < 0) return false;
    const key = keyAt(bytes, at, keyEnd);
    at = skipSpace(bytes, keyEnd, end);
    if (at >= end || bytes[at] !== colon) return false;
    const start = skipSpace(bytes, at + 1, end);
    const isEntered =
      (inside === 'message' && key === keys.params) || (inside === 'params' && key === keys.meta);
    if (isEntered && start < end && bytes[start] === openBrace) {
      inside = inside === 'message' ? 'params' : 'meta';
      if (inside === 'params') enterParams(message, start);
      else enterMeta(message, start);
      isFirst = true;
      at = start + 1;
      continue;
    }
    at = skipValue(bytes, start, end);
    if (at < 0) return false;
    if (inside === 'message') setOfMessage(bytes, message, key, start, at);
    else if (inside === 'params') setOfParams(message, key, start, at);
    else setOfMeta(message, key, start, at);
  }
}

/** What an earlier member of the same name said does not count. */
function enterParams(message: ScannedMessage, start: number): void {
  enterMeta(message, -1);
  message.paramsStart = start;
  message.requestStateStart = message.argumentsStart = -1;
}

function enterMeta(message: ScannedMessage, start: number): void {
  message.metaStart = start;
  message.traceparentStart = message.tracestateStart = message.baggageStart = -1;
  message.isStateless = false;
}

function setOfMessage(
  bytes: Uint8Array,
  message: ScannedMessage,
  key: Key | null,
  start: number,
  end: number,
): void {
  const isNull = bytes[start] === 0x6e;
  if (key === keys.id) {
    message.idStart = isNull ? -1 : start;
    message.idEnd = end;
  } else if (key === keys.method) {
    message.methodStart = bytes[start] === quote ? start : -1;
    message.methodEnd = end;
  } else if (key === keys.result) {
    message.resultStart = start;
    message.resultEnd = end;
  } else if (key === keys.error) message.errorStart = isNull ? -1 : start;
  else if (key === keys.params) {
    enterParams(message, start);
    message.paramsEnd = end;
  }
}

function setOfParams(message: ScannedMessage, key: Key | null, start: number, end: number): void {
  if (key === keys.arguments) {
    message.argumentsStart = start;
    message.argumentsEnd = end;
  } else if (key === keys.requestState) {
    message.requestStateStart = start;
    message.requestStateEnd = end;
  } else if (key === keys.meta) {
    enterMeta(message, start);
    message.metaEnd = end;
  }
}

function setOfMeta(message: ScannedMessage, key: Key | null, start: number, end: number): void {
  if (key === keys.traceparent) {
    message.traceparentStart = start;
    message.traceparentEnd = end;
  } else if (key === keys.tracestate) {
    message.tracestateStart = start;
    message.tracestateEnd = end;
  } else if (key === keys.baggage) {
    message.baggageStart = start;
    message.baggageEnd = end;
  } else if (key === keys.protocolVersion) message.isStateless = true;
}
