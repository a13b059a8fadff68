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
  const thrown = isError(error) ? error : null;
  const stack = thrown ? writeStack(thrown) : null;
  const causes = writeCauses(error);
  return {
    name: 'exception',
    timeMs,
    attributes: {
      [attr.exceptionType]: thrown?.constructor?.name ?? typeof error,
      [attr.exceptionMessage]: describeError(error),
      ...(stack === null
        ? {}
        : {
            [attr.exceptionStacktrace]: (
              (handler ? nameFrame(stack, handler) : stack).slice(0, maxStack - causes.length) +
              causes
            ).slice(0, maxStack),
          }),
    },
  };
}

/** Also one of another realm, and one that only looks like it (`DOMException`). */
function isError(error: unknown): error is Error {
  return error instanceof Error || Object.prototype.toString.call(error) === '[object Error]';
}

/** As V8 or the app's own `prepareStackTrace` wrote it, or from the sites which that gave instead. */
function writeStack(error: Error): string | null {
  try {
    const stack: unknown = error.stack;
    if (typeof stack === 'string') return withoutHook(stack);
    if (!Array.isArray(stack)) return null;
    return withoutHook(
      [String(error), ...stack.map((site) => `    at ${String(site)}`)].join('\n'),
    );
  } catch {
    return null;
  }
}

const maxCauses = 5;
const maxCause = 2000;

/** What was caught before, and the errors of an `AggregateError`, below the stack as V8 prints them. */
function writeCauses(error: unknown): string {
  const seen = new Set<unknown>([error]);
  let text = '';
  const add = (label: string, next: unknown): void => {
    if (next === undefined || next === null || seen.has(next) || seen.size > maxCauses) return;
    seen.add(next);
    const stack = isError(next) ? writeStack(next) : null;
    text += `\n${label}: ${(stack ?? describeError(next)).slice(0, maxCause)}`;
    follow(next);
  };
  const follow = (of: unknown): void => {
    try {
      const { cause, errors } = of as { cause?: unknown; errors?: unknown };
      add('Caused by', cause);
      if (Array.isArray(errors))
        for (const [at, one] of errors.entries()) add(`Error ${at + 1}`, one);
    } catch {
      // Getters that throw: what they would have said stays unknown.
    }
  };
  if (isError(error)) follow(error);
  return text;
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
