import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shim without `--endpoint` reads to find a collector. */
export interface Announcement {
  readonly endpoint: string;
  readonly token: string | null;
  readonly workspace: string | null;
  /** Further folders of the same window. */
  readonly folders?: readonly string[];
  readonly pid: number;
  /** ms since the epoch; the newest wins. */
  readonly startedAt: number;
  /** Well-known ports that this collector has, and whose traffic it shares with the others. */
  readonly owns?: readonly number[];
}

/**
 * Writes the discovery file of a collector, readable by this user only, and returns the function
 * that removes it. A folder that cannot be written leaves the collector undiscovered, not dead.
 */
export function announce(directory: string, announcement: Announcement): () => void {
  const port = new URL(announcement.endpoint).port;
  const path = join(directory, `${announcement.pid}-${port}.json`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    writeFileSync(path, JSON.stringify(announcement), { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  } catch {
    return () => {};
  }
  return () => rmSync(path, { force: true });
}
