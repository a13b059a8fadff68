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
  return /[\\/]hooks[\\/]node[\\/](?:preload|hook)\.cjs/.test(line);
}

/** A stack as it would be without the hook: none of its frames, and as many as the limit allows. */
export function withoutHook(stack: string, limit = Number.POSITIVE_INFINITY): string {
  const isFrame = (line: string): boolean => /^\s+at /.test(line);
  let frames = 0;
  return stack
    .split('\n')
    .filter((line) => !isFrame(line) || (!isHook(line) && ++frames <= limit))
    .join('\n');
}
