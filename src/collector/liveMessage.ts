import type { LiveMessage } from '../core/protocol.js';
import { outcomes } from '../core/trace/model.js';

/** A frame of the live channel, checked; null when it is not one. */
export function readLiveMessage(text: string): LiveMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  switch (value.type) {
    case 'hello':
      return isServer(value.server) ? (value as unknown as LiveMessage) : null;
    case 'callStarted':
      return isSpan(value.span) &&
        (value.parentSpanId === undefined || isId(value.parentSpanId, 16)) &&
        typeof value.name === 'string' &&
        typeof value.kind === 'number' &&
        isNanos(value.startNanos) &&
        isObject(value.attributes)
        ? (value as unknown as LiveMessage)
        : null;
    case 'callEvent':
      return isSpan(value.span) &&
        typeof value.name === 'string' &&
        isNanos(value.timeNanos) &&
        isObject(value.attributes)
        ? (value as unknown as LiveMessage)
        : null;
    case 'callEnded':
      return isSpan(value.span) &&
        isNanos(value.endNanos) &&
        (outcomes as readonly unknown[]).includes(value.outcome)
        ? (value as unknown as LiveMessage)
        : null;
    default:
      return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown, digits: number): boolean {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}

function isSpan(value: unknown): boolean {
  return isObject(value) && isId(value.traceId, 32) && isId(value.spanId, 16);
}

function isNanos(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,20}$/.test(value);
}

function isServer(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    typeof value.cwd === 'string' &&
    typeof value.pid === 'number' &&
    (value.transport === 'stdio' || value.transport === 'http')
  );
}
