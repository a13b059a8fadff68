import { describe, expect, it } from 'vitest';
import type { CallStatistics } from '../../../../src/core/protocol.js';
import {
  bucketStart,
  histogramBars,
  sortStatistics,
} from '../../../../src/core/view/statisticsTable.js';

const line = (name: string, p95: number, tokens: number | null = null): CallStatistics => ({
  server: 's',
  name,
  layer: 'wire',
  calls: 1,
  errors: 0,
  running: 0,
  p50: 1,
  p95,
  p99: 1,
  max: 1,
  total: 1,
  histogram: [],
  inputTokens: tokens,
  outputTokens: tokens,
  cost: null,
});

describe('statistics', () => {
  it('sort by a column either way, equal ones by name', () => {
    const rows = [line('b', 2), line('a', 2), line('c', 9)];
    const names = (descending: boolean) =>
      sortStatistics(rows, 'p95', descending).map((row) => row.name);
    expect(names(true)).toEqual(['c', 'a', 'b']);
    expect(names(false)).toEqual(['a', 'b', 'c']);
  });

  it('sort by tokens where some have none', () => {
    const rows = [line('a', 1), line('b', 1, 5)];
    expect(sortStatistics(rows, 'tokens', true).map((row) => row.name)).toEqual(['b', 'a']);
  });

  it('draw a histogram without its empty ends', () => {
    expect(bucketStart(0)).toBe(0);
    expect(bucketStart(1)).toBe(10_000);
    expect(histogramBars([0, 2, 0, 4, 0, 0], 24)).toEqual({
      shares: [0.5, 0, 1],
      from: '10 µs',
      to: '80 µs',
    });
    expect(histogramBars([0, 0], 24).shares).toEqual([]);
    expect(histogramBars([1, 1, 1, 1], 2).shares).toHaveLength(2);
  });
});
