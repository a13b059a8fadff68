/** Ticks of the time axis: round steps from nanoseconds to days, labels that do not collide. */

import { absoluteNanos, type Clock, formatClock } from './clock.js';
import { formatDuration } from './durations.js';
import type { TimeWindow } from './timeScale.js';
import { timeToX } from './timeScale.js';

export interface Tick {
  /** ns after the origin. */
  readonly time: number;
  readonly x: number;
  readonly label: string;
}

const second = 1e9;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Steps that people count in; below a second 1, 2, 5 of every power of ten. */
const longSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
];

/** The smallest round step of at least `leastNanos`. */
export function stepAtLeast(leastNanos: number): number {
  const least = Math.max(leastNanos, 1);
  if (least <= second) {
    const power = 10 ** Math.floor(Math.log10(least));
    for (const factor of [1, 2, 5, 10]) {
      if (power * factor >= least * (1 - 1e-9)) return power * factor;
    }
  }
  return longSteps.find((step) => step >= least) ?? Math.ceil(least / day) * day;
}

export interface AxisOptions {
  readonly originNanos: string;
  readonly clock: Clock;
  /** Room a label needs. */
  readonly labelWidthPx?: number;
  /** Where a relative clock says zero, ns after the origin: the start of the trace on screen. */
  readonly zero?: number;
}

/** Ticks inside the window, left to right. */
export function ticksOf(window: TimeWindow, widthPx: number, options: AxisOptions): Tick[] {
  const room = options.labelWidthPx ?? (options.clock === 'relative' ? 68 : 96);
  const length = window.end - window.start;
  if (!(length > 0) || !(widthPx > 0)) return [];
  const step = stepAtLeast((length * room) / widthPx);
  const zero = options.zero ?? 0;
  const first = Math.ceil((window.start - zero) / step);
  const last = Math.floor((window.end - zero) / step);
  const ticks: Tick[] = [];
  for (let index = first; index <= last; index++) {
    const time = zero + index * step;
    ticks.push({
      time,
      x: timeToX(window, widthPx, time),
      label: labelOf(index, step, [first, last], time, options),
    });
  }
  return ticks;
}

function labelOf(
  index: number,
  step: number,
  [first, last]: readonly [number, number],
  time: number,
  { clock, originNanos }: AxisOptions,
): string {
  if (clock !== 'relative') return formatClock(absoluteNanos(originNanos, time), clock, step);
  // Deep in a long session the whole number says nothing: count on from the first tick.
  if (Math.abs(first) > 2000 && index !== first)
    return `+${formatDuration((index - first) * step)}`;
  return formatRound(index * step, step, Math.max(Math.abs(first), Math.abs(last)) * step);
}

/** All labels of an axis in one unit, the one of its largest time: `0.5 s`, `1 s`, `1.5 s`. */
function formatRound(nanos: number, step: number, largest: number): string {
  if (nanos === 0) return '0';
  if (Math.abs(nanos) >= minute) return formatMinutes(nanos, step);
  const [unit, scale] = unitOf(largest);
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / scale) - 1e-9)));
  const text = (nanos / scale).toFixed(digits).replace('-', '−');
  return `${digits ? text.replace(/\.?0+$/, '') : text} ${unit}`;
}

function unitOf(nanos: number): readonly [string, number] {
  if (nanos >= second) return ['s', second];
  if (nanos >= 1e6) return ['ms', 1e6];
  return nanos >= 1e3 ? ['µs', 1e3] : ['ns', 1];
}

function formatMinutes(nanos: number, step: number): string {
  const sign = nanos < 0 ? '−' : '';
  const size = Math.abs(nanos);
  const hours = Math.floor(size / hour);
  const minutes = Math.floor((size % hour) / minute);
  const seconds = (size % minute) / second;
  const parts: string[] = [];
  if (hours) parts.push(`${hours} h`);
  if (minutes || (hours && step < hour)) parts.push(`${minutes} m`);
  if (step < minute) {
    const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / second) - 1e-9)));
    if (seconds || !parts.length) parts.push(`${Number(seconds.toFixed(digits))} s`);
  }
  return sign + parts.join(' ');
}
