import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeTraceEvents } from '../../../../src/core/exchange/writeTraceEvents.js';
import { read, sourceOf, textOf } from './telemetry.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const origin = 1_790_000_000_000_000_000n;

interface Simple {
  readonly id: number;
  readonly parent?: number;
  readonly service?: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id?: string;
  readonly args: Record<string, unknown>;
}

const hex = (id: number) => (id + 1).toString(16).padStart(16, '0');

async function eventsOf(
  spans: readonly Simple[],
): Promise<{ events: TraceEvent[]; origin: string }> {
  const document = {
    resourceSpans: spans.map(({ id, parent, service = 'a', start, end, name = `s${id}` }) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        {
          scope: { name: 'lib' },
          spans: [
            {
              traceId,
              spanId: hex(id),
              ...(parent === undefined ? {} : { parentSpanId: hex(parent) }),
              name,
              kind: 3,
              startTimeUnixNano: String(origin + BigInt(start)),
              endTimeUnixNano: String(origin + BigInt(end)),
              attributes: [{ key: '__proto__', value: { stringValue: 'x'.repeat(5_000) } }],
              events: [{ timeUnixNano: String(origin + BigInt(start)), name: 'noted' }],
            },
          ],
        },
      ],
    })),
  };
  const { pieces } = await read(JSON.stringify(document));
  const file = JSON.parse(await textOf(writeTraceEvents(sourceOf(pieces))));
  return { events: file.traceEvents, origin: file.otherData.originUnixNanos };
}

const bars = (events: readonly TraceEvent[]) => events.filter(({ ph }) => ph === 'X');

/** What a viewer shows as nested on one thread must lie inside of each other. */
function expectNested(events: readonly TraceEvent[]): void {
  const threads = new Map<string, TraceEvent[]>();
  for (const bar of bars(events)) {
    const key = `${bar.pid}:${bar.tid}`;
    threads.set(key, [...(threads.get(key) ?? []), bar]);
  }
  for (const thread of threads.values()) {
    const open: TraceEvent[] = [];
    // Stable: at the same time the order of the file counts, as in the viewers.
    for (const bar of thread.toSorted((a, b) => a.ts - b.ts)) {
      while (open.length > 0 && open.at(-1)!.ts + open.at(-1)!.dur <= bar.ts + 1e-9) open.pop();
      const around = open.at(-1);
      if (around) expect(bar.ts + bar.dur).toBeLessThanOrEqual(around.ts + around.dur + 1e-9);
      open.push(bar);
    }
  }
}

describe('trace events for Perfetto', () => {
  it('draws a child inside of its parent, a process for each service', async () => {
    const { events, origin: start } = await eventsOf([
      { id: 1, parent: 0, start: 1_100, end: 1_900 },
      { id: 0, start: 1_000, end: 2_000, service: 'client', name: 'call' },
    ]);
    expect(start).toBe(String(origin + 1_000n));
    expect(bars(events)).toMatchObject([
      { name: 's1', pid: 1, tid: 1, ts: 0.1, dur: 0.8, cat: 'lib' },
      { name: 'call', pid: 2, tid: 1, ts: 0, dur: 1 },
    ]);
    const named = events.filter(({ name }) => name === 'process_name');
    expect(named.map(({ args }) => args.name)).toEqual(['a', 'client']);
    const arrow = events.filter(({ ph }) => ph === 's' || ph === 'f');
    expect(arrow).toMatchObject([
      { ph: 's', pid: 2, ts: 0.1 },
      { ph: 'f', pid: 1, ts: 0.1, bp: 'e' },
    ]);
  });

  it('gives calls that run beside each other threads of their own', async () => {
    const { events } = await eventsOf([
      { id: 0, start: 0, end: 100 },
      { id: 1, parent: 0, start: 10, end: 60 },
      { id: 2, parent: 0, start: 20, end: 70 },
      { id: 3, parent: 0, start: 60, end: 90 },
      { id: 4, start: 200, end: 300 },
    ]);
    expect(bars(events).map(({ tid }) => tid)).toEqual([1, 1, 2, 1, 1]);
    expect(
      events.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name),
    ).toEqual(['a', 'a (2)']);
  });

  it('writes a parent before a child that starts with it, in whatever order they came', async () => {
    const { events } = await eventsOf([
      { id: 2, parent: 1, start: 0, end: 5 },
      { id: 1, parent: 0, start: 0, end: 9 },
      { id: 0, start: 0, end: 10 },
    ]);
    expect(bars(events).map(({ name }) => name)).toEqual(['s0', 's1', 's2']);
    expectNested(events);
  });

  it('takes an end before the start as no time', async () => {
    const { events } = await eventsOf([{ id: 0, start: 10, end: 5 }]);
    expect(bars(events)[0]).toMatchObject({ ts: 0, dur: 0 });
  });

  it('cuts what no viewer shows, and takes no key for more than data', async () => {
    const [bar] = bars((await eventsOf([{ id: 0, start: 0, end: 1 }])).events);
    const text = Object.getOwnPropertyDescriptor(bar!.args, '__proto__')?.value as string;
    expect(text).toHaveLength(4_097);
    expect(bar!.args['otel.trace_id']).toBe(traceId);
  });

  it('nests on every thread, whatever the spans', async () => {
    const simple = fc.record({
      parent: fc.option(fc.nat(14), { nil: undefined }),
      start: fc.nat(40),
      length: fc.integer({ min: -2, max: 20 }),
      service: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(simple, { minLength: 1, maxLength: 15 }), async (given) => {
        const spans = given.map(({ parent, start, length, service }, id) => ({
          ...{ id, start, end: start + length, service },
          ...(parent === undefined ? {} : { parent }),
        }));
        const { events } = await eventsOf(spans);
        expect(bars(events)).toHaveLength(spans.length);
        expectNested(events);
      }),
      { numRuns: 150 },
    );
  });

  it('is a whole file when there is nothing to write', async () => {
    expect(JSON.parse(await textOf(writeTraceEvents(sourceOf([])))).traceEvents).toEqual([]);
  });
});
