/**
 * Runs a stdio server as if the shim were not there: bytes, end of input, signals and the exit
 * code pass through. Back-pressure comes from the peer alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { readPipe, readStdin } from './byteSource.js';
import { guardChild } from './guard.js';
import { Injector } from './injector.js';
import type { Outbox } from './outbox.js';
import { recordKinds } from './records.js';
import { RetryContexts } from './retryContexts.js';
import { ServerTap } from './serverTap.js';

export interface StdioServer {
  readonly command: readonly string[];
  readonly env: Record<string, string | undefined>;
  readonly inject: boolean;
}

/** How the server ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The client ended its input before, or sent a signal. */
  readonly wasAsked: boolean;
}

/** SIGUSR1 among them: without a listener Node would open its debugger. */
const passedOn: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGBREAK',
];

/** Silence after the server's exit, when a helper of it still holds the pipes that it inherited. */
const lingerMs = 1_000;
const lookMs = 100;
/** For what the server said at last, when somebody asks for the end after it has gone. */
const lastWordsMs = 250;

/** Resolves when the server is gone and its output was taken; rejects when it cannot start. */
export async function runStdio(server: StdioServer, outbox: Outbox): Promise<Ending> {
  const [command = '', ...args] = server.command;
  const launch = await spawner();
  const child = launch(command, args, { env: server.env, stdio: ['pipe', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (child.pid === undefined) reject(error);
    });
    if (child.pid === undefined || !child.stdin || !child.stdout || !child.stderr) return;
    outbox.control(0, { type: 'open', attributes: { 'network.transport': 'pipe' } });
    const activity = { last: performance.now() };
    const retries = new RetryContexts();
    const guard = guardChild(child, activity, () => outbox.isWaitedFor);
    let wasAsked = false;
    forwardClient(child.stdin, server, outbox, retries, () => {
      wasAsked = true;
      guard.inputEnded();
    });
    forwardServer(child.stdout, child.stdin, outbox, retries, activity);
    forwardErrors(child.stderr, outbox, activity);
    const end = () => {
      guard.release();
      resolve({ code: child.exitCode, signal: child.signalCode, wasAsked });
    };
    forwardSignals(child, (isServerGone) => {
      if (isServerGone) setTimeout(end, lastWordsMs);
      else wasAsked = true;
    });
    child.once('close', () => void flushed().then(end));
    child.once('exit', () => void silent(activity).then(flushed).then(end));
  });
}

/**
 * The server's exit is the end, even when something that it left behind keeps its output open:
 * without the shim the client would see it at once. Not on Windows, where a launcher that
 * replaces itself exits while its server goes on.
 */
function silent(activity: { last: number }): Promise<void> {
  const since = performance.now();
  return new Promise((resolve) => {
    if (process.platform === 'win32') return;
    const look = setInterval(() => {
      // Who reads slowly still gets everything.
      const isTaken = process.stdout.writableLength + process.stderr.writableLength === 0;
      if (!isTaken || performance.now() - Math.max(since, activity.last) < lingerMs) return;
      clearInterval(look);
      resolve();
    }, lookMs);
  });
}

/** Windows needs help to find `.cmd` and scripts with a first line; elsewhere the system does. */
async function spawner(): Promise<typeof spawn> {
  if (process.platform !== 'win32') return spawn;
  const { default: crossSpawn } = await import('cross-spawn');
  return crossSpawn as typeof spawn;
}

function forwardSignals(child: ChildProcess, onSignal: (isServerGone: boolean) => void): void {
  for (const signal of passedOn) {
    try {
      process.on(signal, () => {
        const isServerGone = child.exitCode !== null || child.signalCode !== null;
        onSignal(isServerGone);
        // A terminal has already told the whole process group.
        if (!isServerGone && !(signal === 'SIGINT' && isatty(0))) child.kill(signal);
      });
    } catch {
      // Not known on this platform.
    }
  }
}

function forwardClient(
  stdin: Writable,
  server: StdioServer,
  outbox: Outbox,
  retries: RetryContexts,
  onEnd: () => void,
): void {
  const injector = new Injector(outbox, server.inject, retries, (bytes) => {
    if (!stdin.write(bytes)) input.pause();
    return stdin.writableLength > 0;
  });
  const end = () => {
    injector.end();
    stdin.end();
    onEnd();
  };
  const input = readStdin((bytes) => {
    injector.receive(bytes);
    return stdin.writableLength > 0;
  }, end);
  stdin.on('drain', () => input.resume());
  // The server closed its end or died: what the client says goes nowhere, as without the shim.
  stdin.on('error', () => input.resume());
}

function forwardServer(
  stdout: Readable,
  stdin: Writable,
  outbox: Outbox,
  retries: RetryContexts,
  activity: { last: number },
): void {
  const output = process.stdout;
  const tap = new ServerTap(outbox);
  let started = false;
  const source = readPipe(
    stdout,
    (bytes) => {
      if (!output.write(bytes)) source.pause();
      tap.receive(bytes);
      retries.answered(bytes);
      activity.last = performance.now();
      if (!started) {
        started = true;
        setImmediate(() => void outbox.start());
      }
      return output.writableLength > 0;
    },
    () => tap.end(),
  );
  output.on('drain', () => source.resume());
  output.on('error', () => {
    // Nobody reads any more: the server learns it as it would without the shim.
    source.destroy();
    stdin.end();
  });
}

function forwardErrors(stderr: Readable, outbox: Outbox, activity: { last: number }): void {
  const output = process.stderr;
  stderr.on('data', (chunk: Buffer) => {
    if (!output.write(chunk)) stderr.pause();
    outbox.copy(recordKinds.stderrBytes, 0, outbox.now(), chunk);
    activity.last = performance.now();
  });
  output.on('drain', () => stderr.resume());
  output.on('error', () => stderr.resume());
}

async function flushed(): Promise<void> {
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
}

/** What was written has been taken by the reader, or there is no reader. */
function flush(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed || output.errored) resolve();
    else {
      output.once('error', () => resolve());
      output.write('', () => resolve());
    }
  });
}
