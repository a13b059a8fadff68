import type { CollectorRequests, TraceRequests } from '../../core/protocol.js';
import type { QuerySource } from '../../core/trace/queryCompile.js';
import { FullText } from '../fullText.js';
import { createQueries, type Handlers } from '../queries.js';
import { createQuerySource } from '../querySource.js';
import type { Session } from '../session.js';
import { loadAll, openStored } from './storedSession.js';

/** A store that is read without a collector in front of it. */
export interface OpenStore {
  readonly session: Session;
  readonly source: QuerySource;
  readonly queries: Handlers<
    TraceRequests & Pick<CollectorRequests, 'call/places' | 'handler/places'>
  >;
  close(): void;
}

/** Opens a file and indexes all of it. @throws as `openStored` does. */
export async function openStore(db: string | undefined): Promise<OpenStore> {
  const stored = openStored(db);
  const { session } = stored;
  if (session.storeProblem) process.stderr.write(`spanpath: ${session.storeProblem}\n`);
  await loadAll(stored);
  const fullText = new FullText(session);
  return {
    session,
    source: createQuerySource(session, fullText),
    queries: createQueries(session, fullText),
    close: () => {
      fullText.stop();
      session.close();
    },
  };
}
