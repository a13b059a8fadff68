import type { Ingest } from './ingest.js';
import type { Session } from './session.js';

const periodMs = 500;
const chunksAtOnce = 256;

/** Follows what other windows write to the same file. Returns what stops it. */
export function watchOtherWriters(session: Session, ingest: Ingest): () => void {
  if (session.store.path === null) return () => {};
  let version = session.store.dataVersion();
  let seen = session.store.lastChunk();
  const timer = setInterval(() => {
    if (session.store.path === null) return;
    const now = session.store.dataVersion();
    if (now === version) {
      seen = Math.max(seen, ingest.lastChunk);
      ingest.forgetOwn();
      return;
    }
    version = now;
    const chunks = session.store.chunksAfter(seen, chunksAtOnce);
    for (const chunk of chunks) {
      if (!ingest.isOwn(chunk.id)) ingest.load(chunk);
      seen = chunk.id;
    }
    if (chunks.length > 0) session.emit('changed');
    // More may wait than one look takes.
    if (chunks.length === chunksAtOnce) version = -1;
  }, periodMs);
  timer.unref();
  return () => clearInterval(timer);
}
