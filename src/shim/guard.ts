/**
 * Sees to it that no server is left behind. A server that is told the end of input should leave;
 * one that does not is ended when nobody waits for it any more.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** Silence after the end of input, before SIGTERM. The SDKs' clients themselves wait for 2 s. */
const silenceMs = 5_000;
/** The same when the process that started the shim is gone too. */
const orphanedMs = 1_500;
const killMs = 3_000;
const lookMs = 250;
/** The guard process starts when the server has had time to start itself. */
const watcherDelayMs = 150;

export interface Guard {
  inputEnded(): void;
  /** The server is gone. */
  release(): void;
}

/** `isWaitedFor`: calls of the client still run, so that silence says nothing. */
export function guardChild(
  child: ChildProcess,
  activity: { last: number },
  isWaitedFor: () => boolean,
): Guard {
  let watcher: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = setTimeout(() => {
    watcher = startWatcher(child.pid);
  }, watcherDelayMs);
  timer.unref();
  const parent = process.ppid;
  return {
    inputEnded() {
      const since = performance.now();
      let told = false;
      const look = setInterval(() => {
        if (child.exitCode !== null || child.signalCode !== null) {
          clearInterval(look);
          return;
        }
        const quiet = performance.now() - Math.max(since, activity.last);
        const isOrphaned = process.ppid !== parent;
        if (!isOrphaned && isWaitedFor()) return;
        if (!told && quiet > (isOrphaned ? orphanedMs : silenceMs)) {
          told = true;
          child.kill('SIGTERM');
          setTimeout(() => child.kill('SIGKILL'), killMs).unref();
        }
      }, lookMs);
      look.unref();
    },
    release() {
      if (timer) clearTimeout(timer);
      timer = null;
      watcher?.kill('SIGKILL');
    },
  };
}

/**
 * A shell that waits for the shim's end of a pipe to close, which the system does however the
 * shim dies, and then ends the server if it has not left by itself. Windows needs none: there
 * children belong to a job that ends with the shim.
 */
function startWatcher(pid: number | undefined): ChildProcess | null {
  if (pid === undefined || process.platform === 'win32') return null;
  const script =
    'trap "" INT TERM HUP; read _; n=0; while [ $n -lt 20 ]; do kill -0 "$1" 2>/dev/null || exit 0; ' +
    'sleep 0.1; n=$((n+1)); done; kill -TERM "$1" 2>/dev/null; sleep 1; kill -KILL "$1" 2>/dev/null';
  try {
    const watcher = spawn('/bin/sh', ['-c', script, 'spanpath-guard', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH },
      cwd: '/',
    });
    watcher.on('error', () => {});
    watcher.unref();
    (watcher.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    watcher.stdin?.on('error', () => {});
    return watcher;
  } catch {
    return null;
  }
}
