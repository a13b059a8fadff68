import { fileURLToPath } from 'node:url';

/** A frame of the user's own code. Line and column count from 1. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
}

/** A logger may stand between the code that logs and what it is printed by. */
const depth = 50;

/** The frames above `below` that are neither Node's nor the hook's, nearest first. */
export function readCallers(below: (...args: never[]) => unknown): Frame[] {
  const { stackTraceLimit } = Error;
  const isDeeper = allowFrames(depth);
  try {
    return parseFrames(captureAsText(below));
  } catch {
    return [];
  } finally {
    if (isDeeper) allowFrames(stackTraceLimit);
  }
}

/** As the app's own `prepareStackTrace` writes it, which may know of source maps; or as V8 does. */
function captureAsText(below: (...args: never[]) => unknown): string {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, below);
  if (typeof holder.stack === 'string') return holder.stack;
  const { prepareStackTrace } = Error;
  if (!Reflect.set(Error, 'prepareStackTrace', undefined)) return '';
  try {
    Error.captureStackTrace(holder, below);
    return String(holder.stack);
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  }
}

/** False where it cannot be said, as with `--frozen-intrinsics`. */
export function allowFrames(count: number): boolean {
  return Reflect.set(Error, 'stackTraceLimit', count);
}

/** The same of a stack that was taken before. */
export function parseFrames(stack: string): Frame[] {
  return stack.split('\n').flatMap(parseFrame);
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

/** Frames that tell one registration from another: the SDK's own, and who called it. */
const siteDepth = 4;
const giveSites = (_error: Error, sites: NodeJS.CallSite[]): NodeJS.CallSite[] => sites;

/** Where in the code this is called, as short as it can be had; '' when that cannot be told. */
export function nameSite(below: (...args: never[]) => unknown): string {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const wasSet = Object.hasOwn(Error, 'prepareStackTrace');
  const isLimited = allowFrames(siteDepth);
  const isGiven = Reflect.set(Error, 'prepareStackTrace', giveSites);
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, below);
    const { stack } = holder;
    if (!Array.isArray(stack)) return String(stack);
    return (stack as NodeJS.CallSite[])
      .map((site) => `${site.getFileName()}:${site.getPosition()}`)
      .join(' ');
  } catch {
    return '';
  } finally {
    if (isGiven && wasSet) Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
    else if (isGiven) Reflect.deleteProperty(Error, 'prepareStackTrace');
    if (isLimited) allowFrames(stackTraceLimit);
  }
}
