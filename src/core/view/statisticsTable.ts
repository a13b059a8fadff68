/** The statistics as a sorted table, and their histograms as bars. */

import type { CallStatistics } from '../protocol.js';
import { formatDuration } from './durations.js';

export type StatisticsKey =
  | 'name'
  | 'server'
  | 'calls'
  | 'errors'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'total'
  | 'tokens';

/** Equal rows stay in order of their names, whichever way is up. */
export function sortStatistics(
  rows: readonly CallStatistics[],
  key: StatisticsKey,
  descending: boolean,
): CallStatistics[] {
  const sortValue = (row: CallStatistics) =>
    key === 'tokens' ? (row.inputTokens ?? 0) + (row.outputTokens ?? 0) : row[key];
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [sortValue(a), sortValue(b)];
    if (left !== right) return (left < right ? -1 : 1) * sign;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : a.server < b.server ? -1 : 1;
  });
}

/** Lower edge of bucket i of `CallStatistics.histogram`, ns. */
export function bucketStart(index: number): number {
  return index === 0 ? 0 : 10_000 * 2 ** (index - 1);
}

export interface HistogramBars {
  /** Heights from 0 to 1; empty buckets at both ends are left out. */
  readonly shares: readonly number[];
  readonly from: string;
  readonly to: string;
}

export function histogramBars(counts: readonly number[], most: number): HistogramBars {
  let first = counts.findIndex((count) => count > 0);
  if (first < 0) return { shares: [], from: '0', to: '0' };
  const last = counts.findLastIndex((count) => count > 0);
  first = Math.max(first, last - most + 1);
  const kept = counts.slice(first, last + 1);
  const highest = Math.max(...kept);
  return {
    shares: kept.map((count) => count / highest),
    from: formatDuration(bucketStart(first)),
    to: formatDuration(bucketStart(last + 1)),
  };
}
