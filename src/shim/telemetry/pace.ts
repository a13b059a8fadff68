/**
 * Keeps the telemetry thread out of the traffic's way. While bytes pass, its work is put off for
 * as long as a person would not notice, so a burst of calls goes through as if nobody watched.
 * Work that can wait no longer is done in short pieces with sleep between them: a low priority
 * alone is not enough, since a scheduler may let a thread finish a slice of several milliseconds
 * before it wakes the one that waits.
 */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const pieceMs = 0.1;
const restMs = 1;
/** A wire on which nothing passed for so long is quiet. */
const quietMs = 5;
/** On a quiet wire pieces may be longer, and there is less to wait for. */
const quietPieceMs = 1;
const quietRestMs = 0.2;
/** What came so long ago is read whatever passes. */
const maxPutOffMs = 400;
/** How often to look whether the wire is quiet. */
const lookMs = 10;
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

  /** Resolves when what came at `since` (milliseconds since the epoch) should be read. */
  async putOff(since: number): Promise<void> {
    while (!this.hurried && !this.isQuiet() && !this.isPressing()) {
      if (Date.now() - since >= maxPutOffMs) return;
      await sleep(lookMs);
    }
  }

  /** True when a piece of work that began at `since` (`performance.now`) is long enough. */
  isOver(since: number): boolean {
    if (this.hurried) return false;
    const done = performance.now() - since;
    return done > pieceMs && (done > quietPieceMs || !this.isQuiet());
  }

  /** Lets others have the core, then the thread's own events, and returns. */
  rest(): Promise<void> {
    if (this.hurried) return Promise.resolve();
    Atomics.wait(cell, 0, 0, this.isQuiet() || this.isPressing() ? quietRestMs : restMs);
    return new Promise((resolve) => setImmediate(resolve));
  }

  private isQuiet(): boolean {
    return Date.now() - this.lastTraffic() >= quietMs;
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
