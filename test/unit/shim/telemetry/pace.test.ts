import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../src/shim/telemetry/pace.js';

const always = () => Date.now();
const longAgo = () => 0;
const never = () => false;

/** Whether the promise is settled once the timers of some milliseconds have run. */
async function isSettledSoon(promise: Promise<void>): Promise<boolean> {
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, 40, 'late'));
  return (await Promise.race([promise, late])) !== 'late';
}

describe('work of the telemetry', () => {
  it('is put off while traffic passes', async () => {
    expect(await isSettledSoon(new Pace(always, never).putOff(Date.now() + 60_000))).toBe(false);
  });

  it('is not put off on a quiet wire', async () => {
    await new Pace(longAgo, never).putOff(Date.now() + 60_000);
  });

  it('is not put off when it has waited long enough to be noticed', async () => {
    await new Pace(always, never).putOff(Date.now() - 1_000);
  });

  it('is not put off when much waits', async () => {
    await new Pace(always, () => true).putOff(Date.now() + 60_000);
  });

  it('is not put off any more once the shim leaves', async () => {
    const pace = new Pace(always, never);
    const waiting = pace.putOff(Date.now() + 60_000);
    pace.hurry();
    await waiting;
  });
});
