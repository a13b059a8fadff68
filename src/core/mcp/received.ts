/** One JSON-RPC message with what a conversation wants to know of it. */
import type { Line } from '../jsonrpc/framing.js';
import type { ScannedMessage } from '../jsonrpc/scan.js';
import { stringAt, textOf } from '../jsonrpc/tokens.js';
import type { Nanos, SpanRef } from '../trace/model.js';
import type { MessageParts } from './content.js';
import { type CutMessage, traceparentIn } from './cutMessage.js';
import type { Direction } from './openCall.js';

export interface Received {
  readonly direction: Direction;
  /** As spelled. */
  readonly id: string | null;
  readonly method: string;
  /** Value of `params._meta.traceparent`, whatever it is; null when absent. */
  readonly traceparent: string | null;
  /** Parsed, or undefined when it is not JSON after all. */
  readonly parsed: unknown;
  readonly text: string;
  readonly parts: MessageParts | null;
  /** Size on the wire. */
  readonly bytes: number;
  readonly timeNanos: Nanos;
  /** The middle of it is missing. */
  readonly cut: boolean;
  readonly notification: boolean;
}

export function readWhole(
  direction: Direction,
  line: Line,
  message: ScannedMessage,
  inBatch: boolean,
  timeNanos: Nanos,
): Received {
  const { bytes } = line;
  const text = textOf(bytes, message.start, message.end);
  const { traceparentStart, traceparentEnd } = message;
  return {
    direction,
    id: message.idIn(bytes),
    method: message.methodIn(bytes) ?? '',
    traceparent: traceparentStart < 0 ? null : stringAt(bytes, traceparentStart, traceparentEnd),
    parsed: parse(text),
    text,
    parts: {
      argumentsText: sliceOf(bytes, message.argumentsStart, message.argumentsEnd),
      resultText: sliceOf(bytes, message.resultStart, message.resultEnd),
    },
    bytes: inBatch ? message.end - message.start : line.length,
    timeNanos,
    cut: false,
    notification: message.kind === 'notification',
  };
}

/** A message of which only the ends were kept; `context` are the ids that it was given. */
export function readEnds(
  direction: Direction,
  line: Line,
  message: CutMessage,
  timeNanos: Nanos,
  context: SpanRef | null,
): Received {
  return {
    direction,
    id: message.id,
    method: message.method ?? '',
    traceparent: context === null ? null : traceparentIn(line, context.traceId),
    parsed: message.parsed,
    text: textOf(line.bytes, 0, line.bytes.length),
    parts: null,
    bytes: line.length,
    timeNanos,
    cut: true,
    notification: message.kind === 'notification',
  };
}

/** The sender and the id, so that `1` and `"1"`, and both sides' counters, stay apart. */
export function callKey(sender: Direction, id: string): string {
  return `${sender} ${canonicalId(id)}`;
}

/** `1.0` may come back as `1`, and `"\u0061"` as `"a"`. */
function canonicalId(id: string): string {
  if (id.startsWith('"') ? !id.includes('\\') : !/[.eE]/.test(id)) return id;
  const value = parse(id);
  return value === undefined ? id : JSON.stringify(value);
}

export function plainId(id: string): string {
  return id.startsWith('"') ? String(parse(id) ?? id) : id;
}

function sliceOf(bytes: Uint8Array, start: number, end: number): string | null {
  return start < 0 ? null : textOf(bytes, start, end);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
