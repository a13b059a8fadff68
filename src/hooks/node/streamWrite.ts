/** A stream's `write`, looked at on its way. */
import { nameAs } from './hidden.js';

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Puts what `make` gives in the place of a stream's `write`, looking like it. Returns what puts the
 * original back, unless something else took its place meanwhile; null where nothing can be put.
 */
export function replaceWrite(
  stream: NodeJS.WriteStream,
  make: (write: AnyFunction) => AnyFunction,
): (() => void) | null {
  const write: unknown = stream.write;
  const before = Object.getOwnPropertyDescriptor(stream, 'write');
  if (typeof write !== 'function' || before?.configurable === false) return null;
  const made = make(write as AnyFunction);
  Object.defineProperty(stream, 'write', {
    value: nameAs(made, write),
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(stream, 'write')?.value !== made) return;
    // Not deleted where it was inherited: V8 would keep the stream's properties in a slow table then.
    Object.defineProperty(stream, 'write', before ?? { value: write, enumerable: false });
  };
}

/**
 * Anything else is an error of the caller, who is to see it as if we were not there: such a call goes
 * by way of `callHidden`, straight from the stand-in.
 */
export function isWritable(chunk: unknown): boolean {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}
