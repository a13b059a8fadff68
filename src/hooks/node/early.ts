/**
 * What a program prints to stdout before its MCP SDK is loaded: by then it may turn out that stdout
 * carries the protocol. Kept with its stack, and forgotten where no SDK comes.
 */

import { callHidden, nameAs } from './hidden.js';
import { allowFrames } from './stack.js';

export interface Printed {
  readonly chunk: unknown;
  /** Its `stack` is the text of who printed. */
  readonly from: { stack?: string };
  /** A reading of `performance.now`. */
  readonly reading: number;
}

const maxPrints = 20;
const maxFrames = 50;

/** Until `stop`, which takes everything back and gives what was printed. */
export function watchEarlyOutput(): { stop(): readonly Printed[] } {
  const printed: Printed[] = [];
  const descriptor = Object.getOwnPropertyDescriptor(process, 'stdout');
  const get = descriptor?.get;
  if (!descriptor?.configurable || !get) return { stop: () => [] };
  let undo: (() => void) | undefined;
  const getter = function (this: unknown): unknown {
    const stream = Reflect.apply(get, process, []) as NodeJS.WriteStream;
    undo ??= watchWrite(stream, printed);
    return stream;
  };
  Object.defineProperty(process, 'stdout', { ...descriptor, get: nameAs(getter, get) });
  return {
    stop() {
      // Something else that took its place meanwhile stays.
      if (Object.getOwnPropertyDescriptor(process, 'stdout')?.get === getter)
        Object.defineProperty(process, 'stdout', descriptor);
      undo?.();
      return printed.splice(0);
    },
  };
}

function watchWrite(stream: NodeJS.WriteStream, printed: Printed[]): () => void {
  const { write } = stream;
  const before = Object.getOwnPropertyDescriptor(stream, 'write');
  if (typeof write !== 'function' || before?.configurable === false) return () => {};
  let isOver = false;
  const made = function (this: unknown, ...args: unknown[]): unknown {
    if (!isOver && printed.length < maxPrints) note(args[0], made, printed);
    return isWritable(args[0])
      ? Reflect.apply(write, this, args)
      : callHidden(write as never, this, args);
  };
  Object.defineProperty(stream, 'write', {
    value: nameAs(made, write),
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    isOver = true;
    if (Object.getOwnPropertyDescriptor(stream, 'write')?.value !== made) return;
    // Not deleted where it was inherited: V8 would keep the stream's properties in a slow table then.
    Object.defineProperty(stream, 'write', before ?? { value: write, enumerable: false });
  };
}

/** Anything else is an error of the caller, who is to see it as if we were not there. */
function isWritable(chunk: unknown): boolean {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function note(chunk: unknown, below: (...args: never[]) => unknown, printed: Printed[]): void {
  const { stackTraceLimit } = Error;
  const isDeeper = allowFrames(maxFrames);
  try {
    const from: { stack?: string } = {};
    Error.captureStackTrace(from, below);
    printed.push({ chunk, from, reading: performance.now() });
  } catch {
    // What cannot be described is still written.
  } finally {
    if (isDeeper) allowFrames(stackTraceLimit);
  }
}
