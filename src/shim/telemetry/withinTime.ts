/** Breaks work off that takes too long, be it inside one regular expression. */
import { Script } from 'node:vm';

/** A message is looked through in well under a millisecond; this is for one that never ends. */
const limitMs = 250;

const place = Symbol.for('spanpath.work');
const room = globalThis as { [place]?: (() => void) | undefined };
/** A limit of `vm` ends whatever runs beneath the script, in the same context too. */
const script = new Script(`globalThis[Symbol.for('spanpath.work')]()`);

/** What `work` gives, or null when it was broken off. Costs a watchdog thread, some 0.1 ms. */
export function withinTime<T>(work: () => T): T | null {
  let done: T | null = null;
  room[place] = () => {
    done = work();
  };
  try {
    script.runInThisContext({ timeout: limitMs });
    return done;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  } finally {
    room[place] = undefined;
  }
}
