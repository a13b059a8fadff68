import type { Ingest } from './ingest.js';
import { messageOf, type Session } from './session.js';

/** Chunks read at a time. */
const chunksAtOnce = 4;
/** Time spent reading (ms) before others are answered. */
const sliceMs = 8;

/** Indexes what the file holds, oldest first, in the background. Returns what stops it. */
export function loadStore(session: Session, ingest: Ingest): () => void {
  const until = session.store.lastChunk();
  let after = 0;
  let stopped = until === 0;
  let lost = 0;
  const step = (): void => {
    if (stopped) return;
    const start = performance.now();
    try {
      while (after < until && performance.now() - start < sliceMs) {
        const chunks = session.store.chunksAfter(after, chunksAtOnce);
        for (const chunk of chunks) {
          if (chunk.id > until) break;
          if (!ingest.load(chunk)) lost++;
        }
        after = chunks.at(-1)?.id ?? until;
      }
    } catch (error) {
      session.storeProblem = `the stored traces could not all be read: ${messageOf(error)}`;
      session.emit('problem', session.storeProblem);
      stopped = true;
      return;
    }
    session.emit('changed');
    if (after >= until && lost > 0) {
      session.storeProblem = `${lost} parts of the stored traces could not be read`;
      session.emit('problem', session.storeProblem);
    }
    if (after < until) setImmediate(step);
  };
  setImmediate(step);
  return () => {
    stopped = true;
  };
}
