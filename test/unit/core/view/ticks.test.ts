import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepAtLeast, ticksOf } from '../../../../src/core/view/ticks.js';

const axis = { originNanos: '1790000000000000000', clock: 'relative' } as const;
const labels = (start: number, end: number, width = 800, zero = 0) =>
  ticksOf({ start, end }, width, { ...axis, zero }).map((tick) => tick.label);

describe('ticks of the axis', () => {
  it('never stand closer than a label needs, and never crowd or starve the axis', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e14, noNaN: true }),
        fc.double({ min: 1000, max: 1e14, noNaN: true }),
        fc.integer({ min: 200, max: 4000 }),
        (start, length, width) => {
          const ticks = ticksOf({ start, end: start + length }, width, axis);
          for (const [at, tick] of ticks.entries()) {
            const before = ticks[at - 1];
            if (before) expect(tick.x - before.x).toBeGreaterThanOrEqual(66);
          }
          expect(ticks.length).toBeLessThanOrEqual(width / 66 + 1);
        },
      ),
    );
  });

  it('say different things', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        fc.double({ min: 1000, max: 1e13, noNaN: true }),
        (start, length) => {
          const said = labels(start, start + length);
          expect(new Set(said).size).toBe(said.length);
        },
      ),
    );
  });

  it('step in numbers that people count in', () => {
    expect(stepAtLeast(3)).toBe(5);
    expect(stepAtLeast(1.1e6)).toBe(2e6);
    expect(stepAtLeast(7e8)).toBe(1e9);
    expect(stepAtLeast(7e9)).toBe(10e9);
    expect(stepAtLeast(40e9)).toBe(60e9);
    expect(stepAtLeast(50 * 60e9)).toBe(3600e9);
    expect(stepAtLeast(30 * 3600e9)).toBe(48 * 3600e9);
  });

  it('read from µs to hours', () => {
    expect(labels(0, 5e9)).toContain('1 s');
    expect(labels(0, 5e6)).toContain('2 ms');
    expect(labels(0, 5e3)).toContain('2 µs');
    expect(labels(0, 3 * 3600e9, 400)).toContain('1 h');
    expect(labels(60e9, 62e9, 400)).toContain('1 m 0.5 s');
    expect(labels(0, 600e9)).toContain('2 m');
  });

  it('count from the start of the trace when that is zero', () => {
    expect(labels(7e9, 7.5e9, 400, 7e9)[0]).toBe('0');
  });

  it('tell the time of day when asked', () => {
    const ticks = ticksOf({ start: 0, end: 10e9 }, 800, { ...axis, clock: 'utc' });
    expect(ticks[0]?.label).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it('are none where there is no room or no time', () => {
    expect(ticksOf({ start: 0, end: 0 }, 800, axis)).toEqual([]);
    expect(ticksOf({ start: 0, end: 10 }, 0, axis)).toEqual([]);
  });
});
