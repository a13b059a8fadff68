/**
 * Keeps the telemetry thread from holding a core that the traffic wants. A low priority alone is
 * not enough: a scheduler may let a thread finish its slice of several milliseconds before it
 * wakes the one that waits, so this thread works in short pieces and sleeps between them, longer
 * while traffic passes.
 */
import { setPriority } from 'node:os';

const pieceMs = 0.1;
const restMs = 0.2;
const busyRestMs = 1;
/** Traffic so recent means that the wire is busy. */
const busyMs = 5;
const cell = new Int32Array(new SharedArrayBuffer(4));

export class Pace {
  private hurried = false;

  /** `lastTraffic` gives milliseconds since the epoch; `isPressing` that much waits to be read. */
  constructor(
    private readonly lastTraffic: () => number,
    private readonly isPressing: () => boolean,
  ) {}

  /** From now on only the work counts. */
  hurry(): void {
    this.hurried = true;
    setThreadPriority(0);
  }

  /** True when a piece of work that began at `since` (`performance.now`) is long enough. */
  isOver(since: number): boolean {
    return !this.hurried && performance.now() - since > pieceMs;
  }

  /** Lets others have the core, then the thread's own events, and returns. */
  rest(): Promise<void> {
    if (this.hurried) return Promise.resolve();
    const busy = Date.now() - this.lastTraffic() < busyMs && !this.isPressing();
    Atomics.wait(cell, 0, 0, busy ? busyRestMs : restMs);
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** Not the lowest: on a machine with more work than cores that one would hardly ever run. */
export function yieldToTraffic(): void {
  setThreadPriority(10);
}

/** On Linux a priority belongs to a thread; elsewhere this would change the whole process. */
function setThreadPriority(nice: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, nice);
  } catch {
    // Not allowed, as going back is for most users; the short pieces still help.
  }
}
