/** The hook itself: a file of its own, since most Node programs have no MCP SDK. */
import { attr, eventNames, own } from '../../core/mcp/conventions.js';
import type { Printed } from './early.js';
import { describeError } from './errors.js';
import type { Hook } from './files.js';
import { joinOpenTelemetry } from './otelApi.js';
import { watchOutgoing } from './outgoing.js';
import { watchOutput } from './output.js';
import { Places } from './places.js';
import { nowMs, setClock } from './records.js';
import { noteThrown, SdkHook } from './sdk.js';
import { Sender } from './sender.js';
import { watchSubprocesses } from './subprocesses.js';
import { Telemetry } from './telemetry.js';

/**
 * Null where nothing is to be hooked: no endpoint on this machine, or a thread of the server.
 * `takeOutput` ends the watch over what is printed, and gives what was.
 */
export function start(takeOutput: () => readonly Printed[]): Hook | null {
  const { env } = process;
  const sender = Sender.to(env.SPANPATH_HOOK_ENDPOINT ?? '', env.SPANPATH_HOOK_TOKEN ?? '');
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
  if (!sender || !isMainThread) return null;
  setClock();
  const serverName = env.SPANPATH_HOOK_SERVER ?? '';
  const telemetry = new Telemetry(sender, {
    [attr.serviceName]: env.OTEL_SERVICE_NAME ?? serverName,
    [own.serverName]: serverName,
    [own.serverCwd]: process.cwd(),
    [attr.processPid]: process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  });
  const failures = new Set<string>();
  const failed = (what: string, error?: unknown): void => {
    if (failures.has(what)) return;
    failures.add(what);
    telemetry.addLog({
      ids: null,
      timeMs: nowMs(),
      severity: 13,
      eventName: eventNames.finding,
      body: error === undefined ? what : `${what}: ${describeError(error)}`,
      attributes: { [own.findingKind]: 'hook_failed' },
    });
  };
  let isWatching = false;
  const onFound = (): void => {
    if (isWatching) return;
    isWatching = true;
    sender.connect();
    telemetry.addLog({
      ids: null,
      timeMs: nowMs(),
      severity: 9,
      eventName: eventNames.hook,
      body: `Node.js ${process.versions.node}`,
      attributes: { [own.hookState]: 'loaded' },
    });
    // This is the server: what it starts is none of the hook's business, so its environment is
    // what it would have been.
    restoreEnvironment(env);
    watchOutput(telemetry, takeOutput());
    watchOutgoing(telemetry);
    watchSubprocesses(telemetry);
  };
  const sdk = new SdkHook(telemetry, new Places(telemetry), onFound, failed);
  return {
    found(exports) {
      sdk.patch(exports);
      joinOpenTelemetry(exports, telemetry);
    },
    thrown: noteThrown,
    failed,
  };
}

/** What the shim added, and nothing else, is taken out again. */
function restoreEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of ['NODE_OPTIONS', 'PYTHONPATH']) {
    const before = env[`SPANPATH_HOOK_${name}`];
    // Not there: the shim left it alone.
    if (before === '') delete env[name];
    else if (before !== undefined) env[name] = before;
  }
  for (const key of Object.keys(env)) if (key.startsWith('SPANPATH_HOOK_')) delete env[key];
}
