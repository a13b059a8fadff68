import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WallClock } from '../../../src/core/wallClock.js';

/** What a runtime would read `after` ms after its start, with `apart` ms between the readings. */
const read = (clock: WallClock, offset: number, after: number, apart = 0.001): void =>
  clock.compare(after, Math.floor(offset + after + apart / 2), after + apart);

describe('a wall clock', () => {
  it('comes within microseconds of the time of day, however wrong it began', () => {
    const offset = 1_700_000_000_000.37;
    for (const wrong of [-40, -0.9, 0, 0.4, 25]) {
      const clock = new WallClock(offset + wrong);
      for (let at = 0; at < 1000; at++) read(clock, offset, at * 7.013);
      expect(Math.abs(clock.offset - offset)).toBeLessThan(0.02);
    }
  });

  it('follows a machine that slept, and a time of day that was set back', () => {
    const clock = new WallClock(1_700_000_000_000.5);
    for (const moved of [3_600_000, -7_200_000]) {
      for (let at = 0; at < 20; at++) read(clock, clock.offset, at * 7.013);
      const offset = clock.offset + moved;
      read(clock, offset, 200);
      expect(Math.abs(clock.offset - offset)).toBeLessThanOrEqual(1.01);
    }
  });

  it('is never further from the truth than a tick and the time between two readings', () => {
    const readings = fc.array(
      fc.record({
        after: fc.double({ min: 0, max: 1e7, noNaN: true }),
        apart: fc.double({ min: 0, max: 50, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const wrong = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(readings, wrong, (pairs, error) => {
        const offset = 1_700_000_000_000.25;
        const clock = new WallClock(offset + error);
        for (const { after, apart } of pairs) read(clock, offset, after, apart);
        const best = Math.min(...pairs.map(({ apart }) => apart));
        expect(Math.abs(clock.offset - offset)).toBeLessThan(1 + best + 0.001);
      }),
    );
  });

  it('stays as it is where the readings say nothing against it', () => {
    const offset = 1_700_000_000_000.5;
    const clock = new WallClock(offset);
    for (let at = 0; at < 100; at++) read(clock, offset, at * 3.3);
    expect(clock.offset).toBe(offset);
  });
});
