import { expect, it } from 'vitest';
import { Ingest } from '../../src/collector/ingest.js';
import { encodeTold, spanId, theTrace } from '../unit/core/trace/telling.js';
import { run, sessionOf } from './toldSession.js';

it('takes a hundred thousand mutated bodies without a crash, and still works', () => {
  const { session, tell } = sessionOf([]);
  const ingest = new Ingest(session);
  const good = encodeTold({ ...run[3]!, events: [{ name: 'e', at: 3 }] });
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 1_000; round++) {
    const bodies = Array.from({ length: 100 }, () => {
      const body = good.slice(0, random(20) === 0 ? random(good.length) : good.length);
      for (let change = random(6); change >= 0; change--)
        body[random(body.length || 1)] = random(256);
      return { signal: (['traces', 'logs', 'metrics'] as const)[random(3)]!, body };
    });
    expect(ingest.receive(bodies)).toHaveLength(100);
  }
  tell(run[0]!);
  expect(session.slotOf({ traceId: theTrace, spanId: spanId('agent') })).not.toBe(-1);
});
