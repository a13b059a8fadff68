import { describe, expect, it } from 'vitest';
import { mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { sessionOf } from './toldSession.js';

const call: Told[] = [
  { id: 'wire', kind: 3, duration: 500, attributes: mcp('plan'), scope: 'spanpath.shim' },
  { id: 'srv', parent: 'wire', kind: 2, start: 5, duration: 490, attributes: mcp('plan') },
  { id: 'handler', name: 'handler', parent: 'srv', start: 10, duration: 480 },
];
const below = (id: string, start: number, duration: number, parent = 'handler'): Told => ({
  ...{ id, parent, start, duration, kind: 3 },
});

async function timingOf(...told: Told[]): Promise<string[]> {
  const { queries } = sessionOf([...call, ...told]);
  const span = { traceId: theTrace, spanId: spanId('wire') };
  const details = await queries['span/details'](span);
  return details!.timing.map(({ label, duration }) => `${label} ${duration / 1e6}`);
}

describe('the time of a call, in words', () => {
  it('names what the handler called', async () => {
    const inside = below('not named', 110, 50, 'GET /forecast');
    expect(
      await timingOf(below('GET /forecast', 100, 200), inside, below('SELECT', 350, 100)),
    ).toEqual([
      'Wire 5',
      'Server, around the handler 5',
      'Handler 90',
      'Called by the handler: GET /forecast 200',
      'Handler 50',
      'Called by the handler: SELECT 100',
      'Handler 40',
      'Server, around the handler 5',
      'Wire 5',
    ]);
  });

  it('names two of many that ran beside each other', async () => {
    const timing = await timingOf(
      ...['a', 'b', 'c', 'd'].map((id, place) => below(id, 100 + place, 100)),
    );
    expect(timing[3]).toBe('Called by the handler: a, b and 2 more 103');
  });
});
