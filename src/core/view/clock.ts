/** Points in time as a reader sees them: after the origin, by the local clock, or UTC. */

import { formatDuration } from './durations.js';

export const clocks = ['relative', 'local', 'utc'] as const;
export type Clock = (typeof clocks)[number];

/** Nanoseconds since the epoch of `offset` (ns after the origin). */
export function absoluteNanos(originNanos: string, offset: number): bigint {
  return BigInt(originNanos) + BigInt(Math.round(offset));
}

/** `14:03:07.215`; the date comes before it when `withDate`. Fractions down to `stepNanos`. */
export function formatClock(
  nanos: bigint,
  zone: 'local' | 'utc',
  stepNanos = 1e6,
  withDate = false,
): string {
  const second = nanos / 1_000_000_000n - (nanos % 1_000_000_000n < 0n ? 1n : 0n);
  const fraction = Number(nanos - second * 1_000_000_000n);
  const date = new Date(Number(second) * 1000);
  const pad = (value: number) => value.toString().padStart(2, '0');
  const utc = zone === 'utc';
  const hours = utc ? date.getUTCHours() : date.getHours();
  const minutes = utc ? date.getUTCMinutes() : date.getMinutes();
  const seconds = utc ? date.getUTCSeconds() : date.getSeconds();
  const digits = fractionDigits(stepNanos);
  const decimals = digits ? `.${fraction.toString().padStart(9, '0').slice(0, digits)}` : '';
  const time = `${pad(hours)}:${pad(minutes)}:${pad(seconds)}${decimals}`;
  if (!withDate) return time;
  const day = utc
    ? `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${time}`;
}

function fractionDigits(stepNanos: number): 0 | 3 | 6 | 9 {
  if (stepNanos >= 1e9) return 0;
  if (stepNanos >= 1e6) return 3;
  return stepNanos >= 1e3 ? 6 : 9;
}

/** A moment in words of the chosen clock; relative ones carry a sign: `+4.82 s`. */
export function formatMoment(originNanos: string, offset: number, clock: Clock): string {
  if (clock === 'relative') return `+${formatDuration(offset)}`;
  return formatClock(absoluteNanos(originNanos, offset), clock, 1e6);
}
