import { WallClock } from '../core/wallClock.js';

const clock = new WallClock(performance.timeOrigin);

/** Now in ns since the epoch, as those count it who send spans. */
export function nowNanos(): bigint {
  const before = performance.now();
  const date = Date.now();
  const now = performance.now();
  clock.compare(before, date, now);
  return BigInt(Math.round((clock.offset + now) * 1000)) * 1000n;
}
