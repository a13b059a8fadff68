/**
 * What a program prints to stdout before its MCP SDK is loaded: by then it may turn out that stdout
 * carries the protocol. Kept with its stack, and forgotten where no SDK comes.
 */

import { callHidden, nameAs } from './hidden.js';
import { allowFrames } from './stack.js';
import { isWritable, replaceWrite } from './streamWrite.js';

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
  let isOver = false;
  const undo = replaceWrite(stream, (write) => {
    const made = function (this: unknown, ...args: unknown[]): unknown {
      if (!isOver && printed.length < maxPrints) note(args[0], made, printed);
      return isWritable(args[0]) ? Reflect.apply(write, this, args) : callHidden(write, this, args);
    };
    return made;
  });
  return () => {
    isOver = true;
    undo?.();
  };
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
