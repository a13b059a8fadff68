import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../src/collector/collector.js';
import { encodeTold, mcp, type Told } from '../unit/core/trace/telling.js';
import { everything, post, run, until } from './running.js';

const call: Told[] = [
  { id: 'wire', kind: 3, duration: 8, attributes: mcp('f'), scope: 'spanpath.shim' },
  { id: 'srv', parent: 'wire', kind: 2, start: 1, duration: 6, attributes: mcp('f'), service: 's' },
  { id: 'handler', parent: 'srv', start: 2, duration: 4, name: 'handler', service: 's' },
];
const whole = ['0 wire', '1 mcp-server', '2 internal'];

async function listLayers(collector: Collector): Promise<string[]> {
  const { rows } = await collector.handlers['rows/list']({ spec: everything, from: 0, count: 100 });
  return rows.map(({ depth, layer }) => `${depth} ${layer}`);
}

describe("a server's span that arrives before its caller's", () => {
  it('does not stand as a call of its own, and takes its place when the caller is there', async () => {
    const collector = await run();
    await post(collector, encodeTold(call[1]!));
    expect(await listLayers(collector)).toEqual([]);
    await post(collector, encodeTold(call[0]!));
    expect(await listLayers(collector)).toEqual(whole.slice(0, 2));
  });

  it('is shown a moment later when no caller comes, and says that it changed', async () => {
    const collector = await run();
    let changes = 0;
    await post(collector, encodeTold(call[1]!));
    await new Promise((resolve) => setTimeout(resolve, 100));
    collector.events.on('session/changed', () => changes++);
    await until(async () => (await listLayers(collector)).length > 0);
    expect(await listLayers(collector)).toEqual(['0 mcp-server']);
    await until(() => changes > 0);
    // A caller that comes still later takes it in.
    await post(collector, encodeTold(call[0]!));
    expect(await listLayers(collector)).toEqual(whole.slice(0, 2));
  });

  it('is found and counted meanwhile', async () => {
    const collector = await run();
    await post(collector, encodeTold(call[1]!));
    const summary = await collector.handlers['session/summary'](null);
    expect([summary.spans, summary.calls]).toEqual([1, 1]);
  });

  it('never leaves anything out, in whatever order the spans of calls arrive', async () => {
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(order, fc.array(fc.nat(2), { maxLength: 2 }), async (places, again) => {
        const collector = await run();
        for (const place of [...places, ...again]) {
          await post(collector, encodeTold(call[place]!));
          const rows = await listLayers(collector);
          // Nothing of the server stands on top while its caller may be on its way.
          expect(rows.filter((row) => row.startsWith('0 ')).every((row) => row === '0 wire')).toBe(
            true,
          );
        }
        expect(await listLayers(collector)).toEqual(whole);
        await collector.stop();
      }),
      { numRuns: 20 },
    );
  });
});
