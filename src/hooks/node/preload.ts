/**
 * Loaded into the server by `NODE_OPTIONS=--require`. Silent whatever happens: nothing here may
 * throw into the server, write to its output or keep it alive.
 */
import { attr, eventNames, own } from '../../core/mcp/conventions.js';
import { appendToCommonJs, hookSymbol, isWatched } from './files.js';
import { addToLoaded } from './loader.js';
import { joinOpenTelemetry } from './otelApi.js';
import { watchOutgoing } from './outgoing.js';
import { watchOutput } from './output.js';
import { Places } from './places.js';
import { nowMs } from './records.js';
import { SdkHook } from './sdk.js';
import { Sender } from './sender.js';
import { watchSubprocesses } from './subprocesses.js';
import { Telemetry } from './telemetry.js';

interface ModuleInternals {
  prototype: {
    _compile(this: unknown, content: string, filename: string, ...rest: unknown[]): unknown;
  };
  registerHooks?(hooks: object): void;
  register?(specifier: string, options: object): void;
}

function install(): void {
  const { env } = process;
  const endpoint = env.SPANPATH_HOOK_ENDPOINT ?? '';
  const sender = Sender.to(endpoint, env.SPANPATH_HOOK_TOKEN ?? '');
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
  if (!sender || !isMainThread || Number.parseInt(process.versions.node, 10) < 18) return;
  const serverName = env.SPANPATH_HOOK_SERVER ?? '';
  const telemetry = new Telemetry(sender, {
    [attr.serviceName]: env.OTEL_SERVICE_NAME ?? serverName,
    [own.serverName]: serverName,
    [own.serverCwd]: process.cwd(),
    [attr.processPid]: process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  });
  const places = new Places(telemetry);
  let isWatching = false;
  const sdk = new SdkHook(telemetry, places, () => {
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
    watchOutput(telemetry);
    watchOutgoing(telemetry);
    watchSubprocesses(telemetry);
  });
  Object.defineProperty(globalThis, Symbol.for(hookSymbol), {
    enumerable: false,
    configurable: true,
    value: (exports: object) => {
      try {
        sdk.patch(exports);
        joinOpenTelemetry(exports, telemetry);
      } catch {
        // A module of an unknown shape is left as it is.
      }
    },
  });
  watchModules();
}

/** CommonJS through the compiler of each module, ES modules through Node's own hooks. */
function watchModules(): void {
  const module = require('node:module') as unknown as ModuleInternals;
  const compile = module.prototype._compile;
  module.prototype._compile = function (content, filename, ...rest) {
    const source =
      isWatched(filename) && typeof content === 'string' && rest[0] !== 'module'
        ? appendToCommonJs(content)
        : content;
    return compile.call(this, source, filename, ...rest);
  };
  if (module.registerHooks) {
    module.registerHooks({
      load: (url: string, context: unknown, nextLoad: (url: string, context: unknown) => object) =>
        addToLoaded(url, nextLoad(url, context)),
    });
  } else if (module.register) {
    const { pathToFileURL } = require('node:url') as typeof import('node:url');
    const { join } = require('node:path') as typeof import('node:path');
    module.register(pathToFileURL(join(__dirname, 'loader.mjs')).href, {});
  }
}

/** What the shim added, and nothing else, is taken out again. */
function restoreEnvironment(env: NodeJS.ProcessEnv): void {
  const before = env.SPANPATH_HOOK_NODE_OPTIONS;
  if (before === undefined || before === '') delete env.NODE_OPTIONS;
  else env.NODE_OPTIONS = before;
  for (const key of Object.keys(env)) if (key.startsWith('SPANPATH_HOOK_')) delete env[key];
}

try {
  install();
} catch {
  // The server starts as if there were no hook.
}
