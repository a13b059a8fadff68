// The build is a table: one row an artefact, nothing hidden elsewhere.
import { cp, mkdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const { values: flags } = parseArgs({
  options: { watch: { type: 'boolean' }, production: { type: 'boolean' } },
});

const node = {
  ...{ platform: 'node', target: 'node22', format: 'cjs' },
  // The other builds of some packages (UMD) look for their parts where a bundle has none.
  mainFields: ['module', 'main'],
};
const browser = { platform: 'browser', target: 'chrome128', format: 'esm' };

// Without maps: a server that reads them would name our sources in its stacks.
const hook = { platform: 'node', target: 'node18', sourcemap: false };
const ending = (extension) => ({
  format: extension === '.mjs' ? 'esm' : 'cjs',
  outExtension: { '.js': extension },
});

/** As `src/collector/loadGrpc.ts` names it; the same from `dist/`. */
const grpc = '*/grpc/server.js';

/**
 * esbuild copies the namespace of a CommonJS import once for each module that imports it; the
 * editor's has hundreds of members, and fifty modules do. Here it is copied once.
 */
const editorOnce = {
  name: 'editor once',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'editor'
        ? { path: 'vscode', external: true }
        : { path: 'vscode', namespace: 'editor' },
    );
    onLoad({ filter: /./, namespace: 'editor' }, () => ({ contents: `export * from 'vscode';` }));
  },
};

/**
 * The WebSocket client asks for TLS when it is loaded, which weighs four megabytes in a process;
 * a collector on the same machine needs none. Here it is asked for by the first call.
 */
const tlsLater = {
  name: 'tls later',
  setup({ onResolve, onLoad }) {
    const functions = { https: 'request', tls: 'connect' };
    onResolve({ filter: /^(?:https|tls)$/ }, ({ path, namespace }) =>
      namespace === 'later' ? { path, external: true } : { path, namespace: 'later' },
    );
    onLoad({ filter: /./, namespace: 'later' }, ({ path }) => {
      const name = functions[path];
      return { contents: `exports.${name} = (...args) => require('${path}').${name}(...args);` };
    });
  },
};

/** Stands before everything that is loaded: an older Node ends with a stack of its own loader. */
const wantsSqlite = `if (!require('node:module').isBuiltin('node:sqlite')) {
  process.stderr.write('spanpath: this needs Node 22.13 or newer, and runs on ' + process.version + '\\n');
  process.exit(1);
}`;

/** entry → dist file, and what is special about it */
const entries = [
  { in: 'src/extension.ts', out: 'extension', ...node, plugins: [editorOnce] },
  // The SDK's client is heavy: its own file, loaded by the first server that is started.
  { in: 'src/vscode/mcpClient.ts', out: 'mcpClient', ...node, external: ['vscode'] },
  { in: 'src/collector/worker.ts', out: 'collector', ...node, external: [grpc] },
  // So is gRPC: its own file, read when it is switched on.
  { in: 'src/collector/grpc/server.ts', out: 'grpc/server', ...node },
  { in: 'src/indexer/worker.ts', out: 'indexer', ...node },
  // What forwards starts before what follows is even read.
  { in: 'src/shim/main.ts', out: 'shim', ...node },
  { in: 'src/shim/telemetry/thread.ts', out: 'telemetry', ...node, plugins: [tlsLater] },
  // Loaded into servers, which may run on an older Node than Spanpath itself.
  {
    in: 'src/hooks/node/preload.ts',
    out: 'hooks/node/preload',
    ...hook,
    ...ending('.cjs'),
    external: ['./hook.cjs'],
  },
  { in: 'src/hooks/node/hook.ts', out: 'hooks/node/hook', ...hook, ...ending('.cjs') },
  { in: 'src/hooks/node/loader.ts', out: 'hooks/node/loader', ...hook, ...ending('.mjs') },
  {
    in: 'src/cli.ts',
    out: 'cli',
    ...node,
    external: [grpc],
    banner: { js: `#!/usr/bin/env node\n${wantsSqlite}` },
  },
  { in: 'webview/main.ts', out: 'webview/main', ...browser },
  // Read after the first rows.
  { in: 'webview/controlsLibrary.ts', out: 'webview/controls', ...browser, format: 'iife' },
  { in: 'src/collector/page/main.ts', out: 'webview/page', ...browser, format: 'iife' },
  { in: 'webview/form/main.ts', out: 'webview/form', ...browser },
  {
    in: 'webview/form/main.css',
    out: 'webview/form',
    loader: { '.ttf': 'file' },
    assetNames: 'webview/[name]-[hash]',
  },
  {
    in: 'webview/main.css',
    out: 'webview/main',
    loader: { '.ttf': 'file' },
    assetNames: 'webview/[name]-[hash]',
  },
];

/** copied as they are: [from, to] */
const grammars = 'node_modules/@vscode/tree-sitter-wasm/wasm';
const copies = [
  ...[
    'tree-sitter',
    'tree-sitter-typescript',
    'tree-sitter-tsx',
    'tree-sitter-javascript',
    'tree-sitter-python',
    'tree-sitter-go',
    'tree-sitter-rust',
    'tree-sitter-java',
    'tree-sitter-c-sharp',
  ].map((name) => [`${grammars}/${name}.wasm`, `dist/grammars/${name}.wasm`]),
  ['src/hooks/python', 'dist/hooks/python'],
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const jobs = entries.map(({ in: input, out, ...options }) => ({
  entryPoints: { [out]: input },
  outdir: 'dist',
  bundle: true,
  minify: !!flags.production,
  sourcemap: flags.production ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  ...options,
}));
// What Python compiled on this machine is of no use on another.
const isSource = (path) => !path.includes('__pycache__');
await Promise.all(copies.map(([from, to]) => cp(from, to, { recursive: true, filter: isSource })));
if (flags.watch) {
  for (const job of jobs) await (await context(job)).watch();
  console.log('watching');
} else {
  await Promise.all(jobs.map((job) => build(job)));
}
