import { fileURLToPath } from 'node:url';

/** A frame of the user's own code. Line and column count from 1. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
}

const depth = 20;

/** The frames above `below` that are neither Node's nor the hook's, nearest first. */
export function readCallers(below: (...args: never[]) => unknown): Frame[] {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = depth;
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, below);
    return String(holder.stack ?? '')
      .split('\n')
      .flatMap(parseFrame);
  } catch {
    return [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function parseFrame(line: string): Frame[] {
  const found =
    /^\s+at (?:(?:async )?(.*?) \()?((?:file:\/\/|\/|[a-zA-Z]:[\\/]).*?):(\d+):(\d+)\)?$/.exec(
      line,
    );
  const [, functionName = '', file = ''] = found ?? [];
  if (!found || isHook(line)) return [];
  const path = file.startsWith('file://') ? fileURLToPath(file) : file;
  return [{ file: path, line: Number(found[3]), column: Number(found[4]), functionName }];
}

function isHook(line: string): boolean {
  return /[\\/]hooks[\\/]node[\\/]preload\.cjs/.test(line);
}

/** A stack as it would be without the hook. */
export function withoutHook(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !isHook(line) && !/^\s+at AsyncLocalStorage\.run /.test(line))
    .join('\n');
}
