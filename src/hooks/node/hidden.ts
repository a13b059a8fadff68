import { allowFrames, withoutHook } from './stack.js';

type AnyFunction = (...args: unknown[]) => unknown;

/** Makes a replacement look like what it replaces. */
export function nameAs<T extends object>(made: T, original: object): T {
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(made, property, {
      value: (original as AnyFunction)[property],
      configurable: true,
    });
  }
  return made;
}

/**
 * Calls what a function of the hook stands in for. An error that comes out of it shows the frames
 * that it would have without the hook: as many, and none of the hook's.
 */
export function callHidden(
  original: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): unknown {
  const { stackTraceLimit } = Error;
  const isLonger =
    typeof stackTraceLimit === 'number' && allowFrames(stackTraceLimit + hiddenFrames);
  try {
    return Reflect.apply(original, self, args);
  } catch (error) {
    hideFrames(error, stackTraceLimit);
    throw error;
  } finally {
    if (isLonger) allowFrames(stackTraceLimit);
  }
}

/** The replacement and `callHidden` itself. */
const hiddenFrames = 2;

function hideFrames(error: unknown, limit: number): void {
  try {
    if (!(error instanceof Error) || typeof error.stack !== 'string') return;
    const hidden = withoutHook(error.stack, limit);
    if (hidden !== error.stack) error.stack = hidden;
  } catch {
    // A stack that cannot be written stays as it is.
  }
}
