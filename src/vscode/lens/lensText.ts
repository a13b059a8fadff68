import type { CallStatistics } from '../../core/protocol.js';

/** Nanoseconds in the unit that reads best, three digits. */
export function formatNanos(nanos: number): string {
  const units = [
    { size: 1e9, name: 's' },
    { size: 1e6, name: 'ms' },
    { size: 1e3, name: 'µs' },
  ];
  const unit = units.find(({ size }) => nanos >= size) ?? { size: 1, name: 'ns' };
  const value = nanos / unit.size;
  return `${Number(value.toPrecision(3))} ${unit.name}`;
}

/** `12 calls · p50 640 ms · p95 1.2 s · 2 errors` */
export function lensText(statistics: CallStatistics): string {
  const { calls, errors, running, p50, p95 } = statistics;
  const parts = [plural(calls, 'call')];
  if (calls > running) parts.push(`p50 ${formatNanos(p50)}`, `p95 ${formatNanos(p95)}`);
  if (running > 0) parts.push(`${running} running`);
  parts.push(errors === 0 ? 'no errors' : plural(errors, 'error'));
  return parts.join(' · ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
