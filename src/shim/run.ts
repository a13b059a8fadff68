/** The forwarding thread from start to exit. */
import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { childEnvironment } from './childEnvironment.js';
import { discoverCollector, type Target } from './discovery.js';
import { hookRefusal } from './hookRefusal.js';
import { addHooks } from './hooks.js';
import { parseOptions, type ShimOptions, UsageError } from './options.js';
import { Outbox } from './outbox.js';
import { sealedProgram } from './sealedProgram.js';
import { type Ending, runStdio } from './stdio.js';

/** How long the exit may wait for telemetry; what is left then was spooled. */
const finishMs = 800;

/** Where the parts of the shim are. */
export interface Places {
  /** Of the bundle; the hooks are below it. */
  readonly directory: string;
  /** The bundle of the telemetry thread. */
  readonly telemetry: string;
}

export async function run(places: Places): Promise<void> {
  let options: ShimOptions;
  try {
    options = parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`spanpath: ${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  const target: Target | null = options.endpoint
    ? { endpoint: options.endpoint, token: options.token }
    : // Other clients start servers wherever they are; their configuration names the workspace.
      discoverCollector(options.home, process.env.SPANPATH_WORKSPACE || process.cwd());
  const outbox = new Outbox(places.telemetry, { options, target });
  if (options.http) await runHttp(options, options.http, outbox);
  else await wrapStdio(options, target, outbox, places.directory);
}

function reportRefusal(command: readonly string[], searchPath: string, outbox: Outbox): void {
  const refusal = hookRefusal(command) ?? sealedProgram(command, searchPath);
  if (refusal !== null) {
    outbox.control(0, { type: 'finding', kind: 'hooks_refused', detail: refusal });
  }
}

async function wrapStdio(
  options: ShimOptions,
  target: Target | null,
  outbox: Outbox,
  directory: string,
): Promise<void> {
  const env = childEnvironment(process.env, target, options.name, process.cwd());
  if (options.hooks) {
    addHooks(env, directory, target, options.name, options);
    // The program's file is read while the server starts.
    setImmediate(reportRefusal, options.command, env.PATH ?? '', outbox);
  }
  let ending: Ending;
  try {
    ending = await runStdio({ command: options.command, env, inject: options.inject }, outbox);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`spanpath: cannot start ${options.command[0]}: ${reason}\n`);
    process.exit((error as NodeJS.ErrnoException).code === 'ENOENT' ? 127 : 126);
  }
  const message = ending.signal
    ? `the server was ended by ${ending.signal}`
    : `the server exited with code ${ending.code}`;
  if (!ending.wasAsked) outbox.control(0, { type: 'exit', detail: message });
  outbox.control(0, { type: 'close', outcome: 'abandoned', errorType: 'abandoned', message });
  // Who asks a second time does not want to wait for telemetry.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => leave(ending));
  }
  await outbox.finish(finishMs);
  leave(ending);
}

/** Until the client's side ends it: a signal, or the end of a pipe on stdin. */
async function runHttp(
  options: ShimOptions,
  http: { url: string; port: number },
  outbox: Outbox,
): Promise<void> {
  const { startProxy } = await import('./http/proxy.js');
  try {
    const upstream = new URL(http.url);
    const proxy = await startProxy({ upstream, port: http.port, inject: options.inject }, outbox);
    process.stderr.write(`spanpath: ${proxy.url} traces ${redactedUrl(upstream)}\n`);
    void outbox.start();
    const signal = await ended();
    await proxy.close();
    await outbox.finish(finishMs);
    leave({ code: 0, signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`spanpath: cannot listen in front of ${options.name}: ${reason}\n`);
    process.exit(1);
  }
}

/** Without what a URL may carry of secrets. */
function redactedUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function ended(): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(signal));
    }
    // A pipe is held by the one that started the proxy; a terminal or a file says nothing.
    const input = fstatSync(0, { bigint: false });
    if (!input.isFIFO() && !input.isSocket()) return;
    process.stdin.on('end', () => resolve(null));
    process.stdin.on('error', () => resolve(null));
    process.stdin.resume();
  });
}

/** As the server left: with its code, or by the signal that ended it. */
function leave(ending: Pick<Ending, 'code' | 'signal'>): void {
  if (ending.signal && process.platform !== 'win32') {
    const code = 128 + constants.signals[ending.signal];
    // Node ignores this one by itself; where a listener was and is gone, the system's way is back.
    if (ending.signal === 'SIGPIPE') process.on('SIGPIPE', () => {});
    process.removeAllListeners(ending.signal);
    try {
      process.kill(process.pid, ending.signal);
      // The signal is on its way; this is for one that this process cannot die of.
      setTimeout(() => process.exit(code), 200);
      return;
    } catch {
      process.exit(code);
    }
  }
  process.exit(ending.code ?? 1);
}
