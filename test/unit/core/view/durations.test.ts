import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatClock, formatMoment } from '../../../../src/core/view/clock.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShortCount,
} from '../../../../src/core/view/durations.js';

describe('durations', () => {
  it.each([
    [0, '0'],
    [85, '85 ns'],
    [640e3, '640 µs'],
    [38e6, '38 ms'],
    [912e6, '912 ms'],
    [999.7e6, '1 s'],
    [4.82e9, '4.82 s'],
    [12.34e9, '12.3 s'],
    [59.96e9, '1 m 00 s'],
    [125e9, '2 m 05 s'],
    [3840e9, '1 h 04 m'],
    [100_000e9, '1 d 03 h'],
    [-5e6, '−5 ms'],
    [Number.NaN, '0'],
  ])('%d ns reads %s', (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });

  it('stay short, whatever the length', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e15, noNaN: true }), (nanos) => {
        expect(formatDuration(nanos).length).toBeLessThanOrEqual(9);
      }),
    );
  });
});

describe('counts and sizes', () => {
  it('group thousands and shorten', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatShortCount(9999)).toBe('9,999');
    expect(formatShortCount(12_340)).toBe('12.3k');
    expect(formatShortCount(2_000_000)).toBe('2M');
    expect(formatBytes(999)).toBe('999 B');
    expect(formatBytes(1_250_000)).toBe('1.3 MB');
  });
});

describe('moments', () => {
  it('show the clock with the digits that the step needs', () => {
    const nanos = 1_790_000_000_123_456_789n;
    expect(formatClock(nanos, 'utc', 1e9)).toBe('14:13:20');
    expect(formatClock(nanos, 'utc', 1e6)).toBe('14:13:20.123');
    expect(formatClock(nanos, 'utc', 1)).toBe('14:13:20.123456789');
    expect(formatClock(nanos, 'utc', 1e9, true)).toBe('2026-09-21 14:13:20');
    expect(formatClock(-1n, 'utc', 1e6)).toBe('23:59:59.999');
  });

  it('are relative, local or UTC', () => {
    expect(formatMoment('1790000000000000000', 1.5e9, 'relative')).toBe('+1.5 s');
    expect(formatMoment('1790000000000000000', 1.5e9, 'utc')).toBe('14:13:21.500');
  });
});
