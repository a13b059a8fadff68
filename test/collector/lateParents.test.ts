import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LateParents } from '../../src/collector/lateParents.js';
import { encodeTold, mcp, type Told } from '../unit/core/trace/telling.js';
import { everything, post, run, until } from './running.js';
import { sessionOf } from './toldSession.js';

const call: Told[] = [
  { id: 'wire', kind: 3, duration: 8, attributes: mcp('f'), scope: 'spanpath.shim' },
  { id: 'srv', parent: 'wire', kind: 2, start: 1, duration: 6, attributes: mcp('f'), service: 's' },
  { id: 'handler', parent: 'srv', start: 2, duration: 4, name: 'handler', service: 's' },
];
const whole = ['0 wire', '1 mcp-server', '2 internal'];

const layersOf = (rows: readonly { depth: number; layer: string }[]): string[] =>
  rows.map(({ depth, layer }) => `${depth} ${layer}`);

/** A session that keeps back what comes early, and its layers. What time it is the test says. */
function standStill() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { session, ingest, queries, rows, tell } = sessionOf([]);
  ingest.lateParents = new LateParents(session);
  return { queries, tell, layers: async () => layersOf((await rows()).rows) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a server's span that arrives before its caller's", () => {
  it('does not stand as a call of its own, and takes its place when the caller is there', async () => {
    const { tell, layers } = standStill();
    tell(call[1]!);
    expect(await layers()).toEqual([]);
    tell(call[0]!);
    expect(await layers()).toEqual(whole.slice(0, 2));
  });

  it('is kept back no longer than half a second', async () => {
    const { tell, layers } = standStill();
    tell(call[1]!);
    vi.advanceTimersByTime(490);
    expect(await layers()).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(await layers()).toEqual(['0 mcp-server']);
  });

  it('is shown a moment later when no caller comes, and says that it changed', async () => {
    const collector = await run();
    const listLayers = async () => {
      const asked = { spec: everything, from: 0, count: 100 };
      return layersOf((await collector.handlers['rows/list'](asked)).rows);
    };
    let told: string[] = [];
    collector.events.on('session/changed', async () => {
      told = await listLayers();
    });
    await post(collector, encodeTold(call[1]!));
    await until(() => told.length > 0);
    expect(told).toEqual(['0 mcp-server']);
    // A caller that comes still later takes it in.
    await post(collector, encodeTold(call[0]!));
    expect(await listLayers()).toEqual(whole.slice(0, 2));
  });

  it('is found and counted meanwhile', async () => {
    const { tell, queries } = standStill();
    tell(call[1]!);
    const summary = await queries['session/summary'](null);
    expect([summary.spans, summary.calls]).toEqual([1, 1]);
  });

  it('never leaves anything out, in whatever order the spans of calls arrive', async () => {
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(order, fc.array(fc.nat(2), { maxLength: 2 }), async (places, again) => {
        const { tell, layers } = standStill();
        for (const place of [...places, ...again]) {
          tell(call[place]!);
          const rows = await layers();
          // Nothing of the server stands on top while its caller may be on its way.
          expect(rows.filter((row) => row.startsWith('0 ')).every((row) => row === '0 wire')).toBe(
            true,
          );
        }
        expect(await layers()).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});
