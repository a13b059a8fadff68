/** Finds the collector that belongs to a working directory. */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Where telemetry goes. */
export interface Target {
  /** Base URL without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | null;
}

interface Announcement extends Target {
  /** The folders of a window; none: no workspace is open. */
  readonly folders: readonly string[];
  readonly pid: number;
  readonly startedAt: string | number;
}

/** The newest live collector whose workspace contains `cwd`; never throws. */
export function discoverCollector(home: string, cwd: string): Target | null {
  const directory = join(home, 'collectors');
  const found: Announcement[] = [];
  for (const file of listOf(directory)) {
    const announcement = readAnnouncement(join(directory, file));
    if (!announcement || !isAlive(announcement.pid)) continue;
    if (announcement.folders.some((folder) => contains(folder, cwd))) found.push(announcement);
  }
  found.sort((a, b) => when(b.startedAt) - when(a.startedAt));
  const newest = found[0];
  return newest ? { endpoint: newest.endpoint.replace(/\/+$/, ''), token: newest.token } : null;
}

function listOf(directory: string): string[] {
  try {
    return readdirSync(directory).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}

function readAnnouncement(path: string): Announcement | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Announcement> & {
      workspace?: string | null;
    };
    if (typeof value.endpoint !== 'string' || typeof value.pid !== 'number') return null;
    const { hostname } = new URL(value.endpoint);
    // A file in a home directory must not send traffic off the machine.
    if (hostname !== '127.0.0.1' && hostname !== '[::1]' && hostname !== 'localhost') return null;
    return {
      endpoint: value.endpoint,
      token: value.token ?? null,
      folders: [value.workspace, ...(value.folders ?? [])].filter((one) => typeof one === 'string'),
      pid: value.pid,
      startedAt: value.startedAt ?? 0,
    };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function contains(folder: string, cwd: string): boolean {
  const outer = real(folder);
  const inner = real(cwd);
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function when(startedAt: string | number): number {
  return typeof startedAt === 'number' ? startedAt : Date.parse(startedAt) || 0;
}
