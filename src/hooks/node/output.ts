/** Who writes to stdout and stderr: the line of code, and the call that was running. */
import { attr, eventNames, own } from '../../core/mcp/conventions.js';
import { wire } from './active.js';
import type { Printed } from './early.js';
import { callHidden } from './hidden.js';
import { parentIds } from './otelContext.js';
import { type LogRecord, nowMs, wallMs } from './records.js';
import { type Frame, parseFrames, readCallers } from './stack.js';
import { isWritable, replaceWrite } from './streamWrite.js';
import type { Telemetry } from './telemetry.js';

type Stream = NodeJS.WriteStream;

/** Captured stacks cost; a server that logs without end is followed this far. */
const maxRecords = 5000;
const maxBody = 4000;
/** What was printed before it was clear whether stdout carries the protocol at all. */
const maxUndecided = 50;

/** `printed` is what came on stdout before this was called. */
export function watchOutput(telemetry: Telemetry, printed: readonly Printed[]): void {
  let left = maxRecords;
  // A server over HTTP may print what it likes.
  let carriesProtocol = false;
  let undecided: LogRecord[] = [];
  const record = (name: 'stdout' | 'stderr', chunk: unknown, before?: Printed): void => {
    if (left <= 0) return;
    const text =
      typeof chunk === 'string'
        ? chunk
        : chunk instanceof Uint8Array
          ? Buffer.from(chunk).toString('utf8')
          : '';
    // What a transport writes: one JSON-RPC message, or several, or the rest of one.
    if (name === 'stdout' && isProtocol(text)) {
      carriesProtocol = true;
      if (undecided.length > 0) {
        for (const log of undecided) telemetry.addLog(log);
        undecided = [];
      }
      return;
    }
    if (!/\S/.test(text)) return;
    left--;
    const caller = whoPrinted(
      before ? parseFrames(String(before.from.stack)) : readCallers(record),
    );
    const isFinding = name === 'stdout';
    const log: LogRecord = {
      ids: parentIds(),
      timeMs: before ? wallMs(before.reading) : nowMs(),
      severity: isFinding ? 13 : 9,
      eventName: isFinding ? eventNames.finding : eventNames.stderr,
      body: text.trimEnd().slice(0, maxBody),
      attributes: {
        ...(isFinding ? { [own.findingKind]: 'stdout_pollution' } : {}),
        [attr.logIostream]: name,
        ...(caller
          ? {
              [attr.codeFilePath]: caller.file,
              [attr.codeLine]: caller.line,
              [attr.codeColumn]: caller.column,
            }
          : {}),
        ...(caller?.functionName ? { [attr.codeFunction]: caller.functionName } : {}),
      },
    };
    if (!isFinding || carriesProtocol) telemetry.addLog(log);
    else if (undecided.length < maxUndecided) undecided.push(log);
  };
  for (const before of printed) record('stdout', before.chunk, before);
  for (const name of ['stdout', 'stderr'] as const)
    watchStream(name, (chunk) => record(name, chunk));
}

/** The server's own line, where one led to this: a logger prints what it is told. */
function whoPrinted(callers: readonly Frame[]): Frame | undefined {
  return callers.find(({ file }) => !/[\\/]node_modules[\\/]/.test(file)) ?? callers[0];
}

const openBrace = 0x7b;
/** Characters at either end of a message in which an SDK writes its `jsonrpc` member. */
const edge = 100;

/** A result may be large: its ends are looked at first. */
function isProtocol(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  const marker = '"jsonrpc"';
  return (
    text.slice(-edge).includes(marker) ||
    text.slice(0, edge).includes(marker) ||
    (text.length > 2 * edge && text.includes(marker))
  );
}

/** One message as the SDK's transport writes it. */
function isSent(chunk: unknown): boolean {
  return wire.isSending && typeof chunk === 'string' && chunk.charCodeAt(0) === openBrace;
}

/** The stream is made when it is first asked for, so it is only wrapped then. */
function watchStream(name: 'stdout' | 'stderr', seen: (chunk: unknown) => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  const get = descriptor?.get;
  if (!descriptor?.configurable || !get) return;
  let isWatched = false;
  Object.defineProperty(process, name, {
    ...descriptor,
    get() {
      const stream = Reflect.apply(get, process, []) as Stream;
      if (!isWatched) {
        isWatched = true;
        wrapWrite(stream, seen, name === 'stdout');
      }
      return stream;
    },
  });
}

function wrapWrite(stream: Stream, seen: (chunk: unknown) => void, isWire: boolean): void {
  replaceWrite(
    stream,
    (write) =>
      function (this: unknown, ...args: unknown[]): unknown {
        // Each answer passes here: looking at it as at any other text would cost it microseconds.
        if (isWire && isSent(args[0])) return Reflect.apply(write, this, args);
        try {
          seen(args[0]);
        } catch {
          // What cannot be described is still written.
        }
        return isWritable(args[0])
          ? Reflect.apply(write, this, args)
          : callHidden(write, this, args);
      },
  );
}
