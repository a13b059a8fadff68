import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Ingest } from '../ingest.js';
import { Session } from '../session.js';
import { UsageError } from './usage.js';

export interface StoredSession {
  readonly session: Session;
  readonly ingest: Ingest;
}

/**
 * Opens a file of traces for a command that reads or writes it.
 * @throws when it cannot be opened, or is not there and `create` is not set.
 */
export function openStored(
  db: string | undefined,
  { create = false }: { readonly create?: boolean } = {},
): StoredSession {
  if (db === undefined) throw new UsageError('--db FILE says which file of traces is meant');
  const path = resolve(db);
  if (!create && !existsSync(path)) throw new Error(`there is no file of traces at ${path}`);
  const session = new Session(path);
  // A session goes on in memory when its file fails; a command has nothing to go on with.
  if (session.store.path === null) {
    session.close();
    throw new Error(`${path} could not be opened: ${session.storeProblem}`);
  }
  return { session, ingest: new Ingest(session) };
}

/** Reads the whole file into the index. */
export async function loadAll({ session, ingest }: StoredSession): Promise<void> {
  for (let after = 0; ; await nextTurn()) {
    const chunks = session.store.chunksAfter(after, 64);
    for (const chunk of chunks) ingest.load(chunk);
    const last = chunks.at(-1);
    if (!last) return;
    after = last.id;
  }
}
