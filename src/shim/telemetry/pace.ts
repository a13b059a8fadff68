/**
 * Keeps the telemetry thread from holding a core that the traffic wants. A low priority alone is
 * not enough: a scheduler may let a thread finish its slice of several milliseconds before it
 * wakes the one that waits, so this thread works in short pieces and sleeps between them.
 */
import { setPriority } from 'node:os';

const sliceMs = 0.1;
const restMs = 0.2;
const cell = new Int32Array(new SharedArrayBuffer(4));

/** True when a piece of work that began at `since` (`performance.now`) is long enough. */
export function isSliceOver(since: number): boolean {
  return performance.now() - since > sliceMs;
}

/** Lets others have the core, then the thread's own events, and returns. */
export function rest(): Promise<void> {
  Atomics.wait(cell, 0, 0, restMs);
  return new Promise((resolve) => setImmediate(resolve));
}

/** On Linux a priority belongs to a thread; elsewhere this would slow the whole process. */
export function yieldToTraffic(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, 19);
  } catch {
    // Not allowed here; the short pieces still help.
  }
}
