import type { Session } from './session.js';

/** How long after a change (ms): a stream of changes is measured now and then. */
const delayMs = 100;
/** Spans measured at a time, a few ms of work. */
const spansAtOnce = 20_000;

/**
 * Measures the trees that changed while nobody asks, so that a view that opens on a large session
 * finds them measured. Returns what stops it.
 */
export function measureAhead(session: Session): () => void {
  let timer: NodeJS.Timeout | null = null;
  const work = (): void => {
    timer = null;
    if (session.index.measures.work(spansAtOnce)) schedule(0);
  };
  const schedule = (ms: number): void => {
    timer ??= setTimeout(work, ms).unref();
  };
  const onChanged = (): void => schedule(delayMs);
  session.on('changed', onChanged);
  return () => {
    session.removeListener('changed', onChanged);
    if (timer) clearTimeout(timer);
  };
}
