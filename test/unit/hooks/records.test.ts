import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const hourMs = 3_600_000;

describe('the time that a hook writes down', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is the time of day again after the machine slept', async () => {
    const { nowMs, setClock, wallMs } = await import('../../../src/hooks/node/records.js');
    setClock();
    expect(Math.abs(nowMs() - Date.now())).toBeLessThan(1);
    // Only the time of day goes on while a machine sleeps.
    vi.setSystemTime(Date.now() + 8 * hourMs);
    expect(Date.now() - nowMs()).toBeGreaterThan(7 * hourMs);
    setClock();
    expect(Math.abs(nowMs() - Date.now())).toBeLessThanOrEqual(1);
    expect(wallMs(performance.now())).toBe(nowMs());
  });
});
