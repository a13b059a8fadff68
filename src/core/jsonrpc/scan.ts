/**
 * Reads what Spanpath must know of a JSON-RPC message by walking its bytes: id, method, and where
 * `params`, `_meta` and the trace context stand. Nothing is decoded or printed again, so a message
 * can be edited without touching any other byte of it, and a call costs well under a microsecond.
 *
 * The walk is tolerant: it finds its way through text that a strict parser would refuse, because
 * refusing is the peer's business. With a key that occurs twice the last one counts, as it does
 * for `JSON.parse`.
 */
import { Members } from './members.js';
import {
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
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

const encoder = new TextEncoder();
const keys = {
  id: encoder.encode('id'),
  method: encoder.encode('method'),
  params: encoder.encode('params'),
  result: encoder.encode('result'),
  error: encoder.encode('error'),
  meta: encoder.encode('_meta'),
  arguments: encoder.encode('arguments'),
  requestState: encoder.encode('requestState'),
  traceparent: encoder.encode('traceparent'),
  tracestate: encoder.encode('tracestate'),
  baggage: encoder.encode('baggage'),
};

/** Steppers of a message and of its `params`, used again for each: nothing here calls itself. */
const outerMembers = new Members();
const innerMembers = new Members();

/** The object that starts at `message.start`; false when it does not end before `end`. */
function scanObject(bytes: Uint8Array, message: ScannedMessage, end: number): boolean {
  const members = outerMembers.enter(bytes, message.start, end);
  while (members.nextKey()) {
    const { valueStart } = members;
    // Told apart by length first: this runs for every member of every message.
    switch (members.plainKeyLength) {
      case 2:
        if (!members.keyIs(keys.id)) break;
        if (!members.skipValue()) return false;
        message.idStart = bytes[valueStart] === 0x6e ? -1 : valueStart;
        message.idEnd = members.valueEnd;
        continue;
      case 5:
        if (members.keyIs(keys.error)) {
          message.errorStart = bytes[valueStart] === 0x6e ? -1 : valueStart;
        }
        break;
      case 6:
        if (members.keyIs(keys.params)) {
          if (!scanParams(bytes, message, members)) return false;
          continue;
        }
        if (members.keyIs(keys.method)) {
          if (!members.skipValue()) return false;
          message.methodStart = bytes[valueStart] === quote ? valueStart : -1;
          message.methodEnd = members.valueEnd;
          continue;
        }
        if (members.keyIs(keys.result)) {
          if (!members.skipValue()) return false;
          message.resultStart = valueStart;
          message.resultEnd = members.valueEnd;
          continue;
        }
    }
    if (!members.skipValue()) return false;
  }
  message.end = members.end;
  return message.end >= 0;
}

/** Reads `params` on the way to its end. False when it does not end. */
function scanParams(bytes: Uint8Array, message: ScannedMessage, outer: Members): boolean {
  message.paramsStart = outer.valueStart;
  message.metaStart = message.requestStateStart = message.argumentsStart = -1;
  message.traceparentStart = message.tracestateStart = message.baggageStart = -1;
  if (bytes[outer.valueStart] !== openBrace) {
    if (!outer.skipValue()) return false;
    message.paramsEnd = outer.valueEnd;
    return true;
  }
  const params = innerMembers.enter(bytes, outer.valueStart, outer.limit);
  while (params.nextKey()) {
    const isMeta = params.keyIs(keys.meta);
    const isState = !isMeta && params.keyIs(keys.requestState);
    const isArguments = !isMeta && params.keyIs(keys.arguments);
    if (!params.skipValue()) return false;
    if (isMeta) {
      message.metaStart = params.valueStart;
      message.metaEnd = params.valueEnd;
    } else if (isState) {
      message.requestStateStart = params.valueStart;
      message.requestStateEnd = params.valueEnd;
    } else if (isArguments) {
      message.argumentsStart = params.valueStart;
      message.argumentsEnd = params.valueEnd;
    }
  }
  if (!outer.leave(params)) return false;
  message.paramsEnd = outer.valueEnd;
  if (message.metaStart >= 0 && bytes[message.metaStart] === openBrace) scanMeta(bytes, message);
  return true;
}

function scanMeta(bytes: Uint8Array, message: ScannedMessage): void {
  const meta = innerMembers.enter(bytes, message.metaStart, message.metaEnd);
  while (meta.next()) {
    if (meta.keyIs(keys.traceparent)) {
      message.traceparentStart = meta.valueStart;
      message.traceparentEnd = meta.valueEnd;
    } else if (meta.keyIs(keys.tracestate)) {
      message.tracestateStart = meta.valueStart;
      message.tracestateEnd = meta.valueEnd;
    } else if (meta.keyIs(keys.baggage)) {
      message.baggageStart = meta.valueStart;
      message.baggageEnd = meta.valueEnd;
    }
  }
}
