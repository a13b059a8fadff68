import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const hourMs = 3_600_000;

describe('the clock of running calls', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the time of day, also after the machine slept', async () => {
    const { nowNanos } = await import('../../src/collector/clock.js');
    const isNow = (): boolean => Math.abs(Number(nowNanos()) / 1e6 - Date.now()) <= 1;
    expect(isNow()).toBe(true);
    vi.setSystemTime(Date.now() + 8 * hourMs);
    expect(isNow()).toBe(true);
  });
});
