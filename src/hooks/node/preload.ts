/**
 * Loaded into the server, and into every other Node program that it starts, by
 * `NODE_OPTIONS=--require`: it waits for a module of an MCP SDK and only then loads the hook itself.
 * Silent whatever happens: nothing here may throw into the server, write to its output or keep it
 * alive.
 */
import { watchEarlyOutput } from './early.js';
import { editCommonJs, type Hook, type HookEntry, hookSymbol, isWatched } from './files.js';
import { addToLoaded } from './loader.js';

type Compile = (this: unknown, content: unknown, filename: string, ...rest: unknown[]) => unknown;

interface ModuleInternals {
  readonly _extensions: Record<string, unknown>;
  readonly prototype: { _compile: Compile };
  registerHooks?(hooks: object): void;
  register?(specifier: string, options: object): void;
}

/** The hook, once a module that it watches is there; null where it is not to run. */
let loaded: Hook | null | undefined;

let early: ReturnType<typeof watchEarlyOutput> | undefined;

function load(): Hook | null {
  if (loaded === undefined) {
    loaded = null;
    const { start } = require('./hook.cjs') as typeof import('./hook.js');
    loaded = start(() => early?.stop() ?? []);
    if (!loaded) early?.stop();
  }
  return loaded;
}

const entry: HookEntry = {
  found(exports) {
    try {
      load()?.found(exports);
    } catch (error) {
      // A module of an unknown shape is left as it is.
      loaded?.failed('a module of the SDK could not be watched', error);
    }
  },
  thrown(error) {
    try {
      loaded?.thrown(error);
    } catch {
      // Of an error that cannot be kept, the message is known from the answer.
    }
  },
};

/** Through Node's own hooks; before Node 22.15 they see ES modules only. */
function watchModules(): void {
  const module = require('node:module') as unknown as ModuleInternals;
  if (module.registerHooks) {
    module.registerHooks({
      load: (url: string, context: unknown, nextLoad: (url: string, context: unknown) => object) =>
        addToLoaded(url, nextLoad(url, context)),
    });
    // Compilers of other languages (tsx, ts-node) read CommonJS past those hooks.
    onceReplaced(module._extensions, '.ts', () => watchCommonJs(module.prototype));
    return;
  }
  watchCommonJs(module.prototype);
  if (module.register && isServersThread()) {
    const { pathToFileURL } = require('node:url') as typeof import('node:url');
    const { join } = require('node:path') as typeof import('node:path');
    module.register(pathToFileURL(join(__dirname, 'loader.mjs')).href, {});
  }
}

/** The key is not there before Node strips types itself, and must then not seem to be. */
function onceReplaced(holder: Record<string, unknown>, key: string, then: () => void): void {
  const before = holder[key];
  Object.defineProperty(holder, key, {
    configurable: true,
    enumerable: before !== undefined,
    get: () => before,
    set(value: unknown) {
      Object.defineProperty(holder, key, {
        configurable: true,
        enumerable: true,
        writable: true,
        value,
      });
      then();
    },
  });
}

/** The thread of Node's own loader runs this file too; there the hooks are in place. */
function isServersThread(): boolean {
  return (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;
}

/**
 * The compiler is looked up once for each module, whose name stands there already: only a module
 * that is watched gets another one, so that no frame of ours is below the modules of the server.
 */
function watchCommonJs(prototype: ModuleInternals['prototype']): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, '_compile');
  let compile = prototype._compile;
  const edit: Compile = function (content, filename, ...rest) {
    const isText = typeof content === 'string' && rest[0] !== 'module';
    const edited = isText ? editCommonJs(content, filename) : content;
    return Reflect.apply(compile, this, [edited, filename, ...rest]);
  };
  Object.defineProperty(prototype, '_compile', {
    configurable: true,
    enumerable: descriptor?.enumerable ?? true,
    get(this: { readonly filename?: unknown }) {
      const { filename } = this;
      return typeof filename === 'string' && isWatched(filename) ? edit : compile;
    },
    set(this: object, value: Compile) {
      // Other tools replace the compiler for all modules, or for one.
      if (this === prototype) compile = value;
      else
        Object.defineProperty(this, '_compile', {
          configurable: true,
          enumerable: true,
          writable: true,
          value,
        });
    },
  });
}

try {
  const [major = ''] = process.versions.node.split('.');
  if (process.env.SPANPATH_HOOK_ENDPOINT && Number(major) >= 18) {
    Object.defineProperty(globalThis, Symbol.for(hookSymbol), { configurable: true, value: entry });
    watchModules();
    early = watchEarlyOutput();
  }
} catch {
  // The server starts as if there were no hook.
}
