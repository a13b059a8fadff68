/**
 * Keeps the process small. A wrapper stands beside every server all day: what a burst left behind
 * is collected while nothing passes, and new objects never get more room than they need.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage worth a collection. */
const worthBytes = 6 << 20;
const quietMs = 400;

/** Before the first objects: short-lived ones stay in the smallest space there is. */
export function stayYoungSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Call it when there was work; some time later, if the wire is still quiet, memory is tidied. */
export class Tidy {
  private timer: NodeJS.Timeout | null = null;
  private kept = 0;
  private collect: (() => void) | null = null;

  constructor(private readonly isQuiet: (forMs: number) => boolean) {}

  later(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (!this.isQuiet(quietMs)) this.later();
      else if (held() - this.kept > worthBytes) {
        this.collect ??= collector();
        this.collect();
        this.kept = held();
      }
    }, quietMs).unref();
  }
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
