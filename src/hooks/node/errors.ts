import { attr } from '../../core/mcp/conventions.js';
import type { EventRecord } from './records.js';
import { withoutHook } from './stack.js';

const maxStack = 16_000;

/** What was thrown as one line; anything can be thrown. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}

/** The `exception` event of the OpenTelemetry conventions. */
export function exceptionEvent(error: unknown, timeMs: number): EventRecord {
  const thrown = error instanceof Error ? error : null;
  return {
    name: 'exception',
    timeMs,
    attributes: {
      [attr.exceptionType]: thrown?.constructor?.name ?? typeof error,
      [attr.exceptionMessage]: describeError(error),
      ...(typeof thrown?.stack === 'string'
        ? { [attr.exceptionStacktrace]: withoutHook(thrown.stack).slice(0, maxStack) }
        : {}),
    },
  };
}
