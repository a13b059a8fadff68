import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Announcement } from '../discovery.js';

/** The collectors of this user that run, as their discovery files say. */
export function readAnnouncements(directory: string): Announcement[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  const found: Announcement[] = [];
  for (const name of names) {
    if (!/^\d+-\d+\.json$/.test(name)) continue;
    try {
      const value: unknown = JSON.parse(readFileSync(join(directory, name), 'utf8'));
      if (isAnnouncement(value) && isAlive(value.pid)) found.push(value);
    } catch {
      // Being written or removed just now, or not ours.
    }
  }
  return found;
}

function isAnnouncement(value: unknown): value is Announcement {
  if (typeof value !== 'object' || value === null) return false;
  const { endpoint, token, pid } = value as Record<string, unknown>;
  return (
    typeof endpoint === 'string' &&
    // Nothing is ever sent to another machine because of a file.
    /^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint) &&
    (token === null || (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token))) &&
    Number.isInteger(pid)
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of someone else lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
