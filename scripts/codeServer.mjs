// A real VS Code from the npm registry (code-server), installed once into a cache outside the
// clone and started on a loopback port with folders of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedNode } from './ensure.mjs';

/** Carries VS Code 1.139.1. */
export const codeServerVersion = '4.139.1';
/** Where downloads live that a clean clone may share with the next one. */
export const cacheDir = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'spanpath-dev',
);
const installDir = join(cacheDir, `code-server-${codeServerVersion}`);
const lockFile = `${installDir}.lock`;
/** A lock whose owner has not touched it for this long belongs to a process that died. */
const staleLockMs = 60_000;
/** The parts of VS Code that are compiled here; the rest of its native modules is not needed. */
const nativeModules = ['@vscode/spdlog', 'node-pty', '@parcel/watcher', '@vscode/native-watchdog'];

function environment(extra = {}) {
  const inherited = Object.entries(process.env).filter(
    // A VS Code started from a terminal of VS Code must not mistake itself for that one.
    ([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|CODE_SERVER)/i.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(pinnedNode), process.env.PATH].join(delimiter),
    ...extra,
  };
}

async function npm(cwd, ...args) {
  const child = spawn(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-20_000);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${output}`);
}

async function acquireLock() {
  mkdirSync(cacheDir, { recursive: true });
  for (let told = false; ; ) {
    try {
      closeSync(openSync(lockFile, 'wx'));
      const beat = setInterval(() => utimesSync(lockFile, new Date(), new Date()), 5_000);
      return () => {
        clearInterval(beat);
        rmSync(lockFile, { force: true });
      };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const age = Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > staleLockMs) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) console.log('Another run is installing VS Code; waiting for it …');
    told = true;
    await sleep(1_000);
  }
}

/**
 * Installs code-server where it is missing and returns its entry script. Its own postinstall is
 * left out: it compiles parts that nothing here uses, against headers that few machines have.
 */
export async function ensureCodeServer(log = console.log) {
  const entry = join(installDir, 'node_modules/code-server/out/node/entry.js');
  if (existsSync(entry)) return entry;
  const release = await acquireLock();
  try {
    if (existsSync(entry)) return entry;
    const building = mkdtempSync(join(cacheDir, 'building-'));
    try {
      log(`Installing VS Code (code-server ${codeServerVersion}) into ${installDir}, once …`);
      writeFileSync(join(building, 'package.json'), '{ "private": true }\n');
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      await npm(building, 'install', `code-server@${codeServerVersion}`, ...quiet);
      const vscode = join(building, 'node_modules/code-server/lib/vscode');
      log('Installing what VS Code itself depends on …');
      await npm(vscode, 'install', '--omit=dev', ...quiet);
      log('Compiling its native modules …');
      await npm(vscode, 'rebuild', ...nativeModules);
      await npm(join(vscode, 'extensions'), 'install', '--omit=dev', ...quiet);
      rmSync(installDir, { recursive: true, force: true });
      renameSync(building, installDir);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
    return entry;
  } finally {
    release();
  }
}

/** Runs code-server to its end, e.g. to install an extension; throws with its output. */
export function runCodeServer(entry, folders, args) {
  const done = spawnSync(
    pinnedNode,
    [entry, '--user-data-dir', folders.userData, '--extensions-dir', folders.extensions, ...args],
    { env: environment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (done.status !== 0) {
    throw new Error(`code-server ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Children of `pid`, theirs included, deepest last (Linux and macOS). */
function descendantsOf(pid) {
  const listing = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout ?? '';
  const pairs = listing
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [];
  for (let wave = [pid]; wave.length > 0; ) {
    wave = pairs.filter(([, parent]) => wave.includes(parent)).map(([child]) => child);
    found.push(...wave);
  }
  return found;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process and whatever it started: asks it first, insists after `patienceMs`. */
export async function endTree(child, patienceMs = 5_000) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  const pids = [child.pid, ...descendantsOf(child.pid)];
  // Its children are its own to end, in its order; what is left after a while is ours. (The file
  // watcher of VS Code, for one, stays behind until it is asked.)
  const left = () => pids.filter(isAlive);
  signal(child.pid, 'SIGTERM');
  for (let waited = 0; waited < patienceMs && left().length > 0; waited += 50) {
    if (waited === 1_500) for (const pid of left()) signal(pid, 'SIGTERM');
    await sleep(50);
  }
  for (const pid of left()) signal(pid, 'SIGKILL');
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}

/**
 * Starts a VS Code server on a free loopback port.
 *
 * @param {{
 *   entry: string,
 *   folders: { userData: string, extensions: string },
 *   folder: string,
 *   trust?: 'trusted' | 'ask',
 *   settings?: object,
 *   env?: Record<string, string>,
 *   logFile?: string,
 * }} options `folder` may be a `.code-workspace` file; `trust: 'ask'` leaves workspace trust on, so that the folder opens untrusted.
 * @returns {Promise<{ url: string, origin: string, pid: number, stop(): Promise<void> }>}
 */
export async function startCodeServer(options) {
  const { entry, folders, folder, trust = 'trusted', settings = {}, env = {}, logFile } = options;
  const userSettings = join(folders.userData, 'User');
  mkdirSync(userSettings, { recursive: true });
  mkdirSync(folders.extensions, { recursive: true });
  const settingsFile = join(userSettings, 'settings.json');
  const before = existsSync(settingsFile) ? JSON.parse(readFileSync(settingsFile, 'utf8')) : {};
  writeFileSync(settingsFile, JSON.stringify({ ...before, ...settings }, null, 2));
  const port = await findFreePort();
  const output = logFile ? openSync(logFile, 'a') : 'ignore';
  const child = spawn(
    pinnedNode,
    [
      entry,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', folders.userData, '--extensions-dir', folders.extensions],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(trust === 'trusted' ? ['--disable-workspace-trust'] : []),
      folder,
    ],
    // Its own group: Ctrl-C in the terminal reaches us alone, and we end it in order.
    { env: environment(env), stdio: ['ignore', output, output], detached: true },
  );
  if (typeof output === 'number') closeSync(output);
  const stop = async () => {
    await endTree(child);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode}`);
    const answer = await fetch(`${origin}/healthz`).catch(() => null);
    if (answer?.ok) break;
    await sleep(100);
  }
  const kind = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const url = `${origin}/?${kind}=${encodeURIComponent(folder)}`;
  return { origin, url, pid: child.pid, stop };
}

/** Fresh folders for one VS Code, under the system's temporary folder. */
export function makeFolders(prefix = 'spanpath-vscode-') {
  const base = mkdtempSync(join(tmpdir(), prefix));
  return {
    base,
    userData: join(base, 'user'),
    extensions: join(base, 'extensions'),
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}
