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

/**
 * The `exception` event of the OpenTelemetry conventions; `handler` is the function without a name
 * that threw it, by its file and by what it was registered as.
 */
export function exceptionEvent(
  error: unknown,
  timeMs: number,
  handler: { readonly file: string; readonly name: string } | null = null,
): EventRecord {
  const thrown = error instanceof Error ? error : null;
  const stack = typeof thrown?.stack === 'string' ? withoutHook(thrown.stack) : null;
  return {
    name: 'exception',
    timeMs,
    attributes: {
      [attr.exceptionType]: thrown?.constructor?.name ?? typeof error,
      [attr.exceptionMessage]: describeError(error),
      ...(stack === null
        ? {}
        : {
            [attr.exceptionStacktrace]: (handler ? nameFrame(stack, handler) : stack).slice(
              0,
              maxStack,
            ),
          }),
    },
  };
}

/**
 * V8 calls a callback without a name after the object that it was called on, `Object.<anonymous>`.
 * The last such frame in the handler's file is the handler's own.
 */
function nameFrame(stack: string, { file, name }: { file: string; name: string }): string {
  const lines = stack.split('\n');
  const at = lines.findLastIndex(
    (line) => /^\s+at (?:async )?Object\.<anonymous> \(/.test(line) && line.includes(`${file}:`),
  );
  const line = lines[at];
  if (line !== undefined) lines[at] = line.replace('Object.<anonymous>', () => name);
  return lines.join('\n');
}
