import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachSpan } from '../../../../src/core/exchange/eachSpan.js';
import type { Span } from '../../../../src/core/trace/model.js';
import { read } from './telemetry.js';

const traceID = '4bf92f3577b34da6a3ce929d0e0e4736';

/** As Jaeger's UI saves a trace ("Download JSON"). */
const file = {
  data: [
    {
      traceID,
      spans: [
        {
          traceID,
          spanID: 'a1',
          operationName: 'tools/call search',
          references: [],
          startTime: 1_790_000_000_000_123,
          duration: 1500,
          tags: [
            { key: 'span.kind', type: 'string', value: 'server' },
            { key: 'mcp.method.name', type: 'string', value: 'tools/call' },
            { key: 'size', type: 'int64', value: 12 },
            { key: 'ratio', type: 'float64', value: 3 },
            { key: 'cached', type: 'bool', value: true },
            { key: 'error', type: 'bool', value: true },
            { key: 'otel.status_description', type: 'string', value: 'not found' },
            { key: 'otel.scope.name', type: 'string', value: 'fastmcp' },
            { key: 'otel.scope.version', type: 'string', value: '3.0' },
            { key: 'w3c.tracestate', type: 'string', value: 'a=b' },
          ],
          logs: [
            {
              timestamp: 1_790_000_000_000_200,
              fields: [
                { key: 'event', type: 'string', value: 'exception' },
                { key: 'exception.type', type: 'string', value: 'KeyError' },
              ],
            },
          ],
          processID: 'p1',
          warnings: ['clock skew'],
        },
        {
          traceID,
          spanID: '00000000000000b2',
          operationName: 'SELECT',
          references: [
            { refType: 'CHILD_OF', traceID, spanID: 'a1' },
            { refType: 'FOLLOWS_FROM', traceID: 'ff', spanID: 'ee' },
          ],
          startTime: 1_790_000_000_000_400,
          duration: 0,
          tags: [{ key: 'span.kind', type: 'string', value: 'client' }],
          logs: [],
          processID: 'p2',
          warnings: null,
        },
      ],
      processes: {
        p1: { serviceName: 'search', tags: [{ key: 'host', type: 'string', value: 'h' }] },
        p2: { serviceName: 'db', tags: [] },
      },
      warnings: null,
    },
  ],
  total: 0,
  limit: 0,
  offset: 0,
  errors: null,
};

async function spansOf(value: unknown): Promise<{ spans: Span[]; problems: string[] }> {
  const text = JSON.stringify(value, null, 2);
  const { pieces, report } = await read(text, 100);
  const spans = pieces.flatMap((piece) => [...eachSpan(piece)]);
  return { spans, problems: report.problems.map(({ line, reason }) => `${line}: ${reason}`) };
}

describe('a trace that Jaeger saved', () => {
  it('becomes spans of their processes', async () => {
    const { spans, problems } = await spansOf(file);
    expect(problems).toEqual([]);
    expect(spans).toMatchObject([
      {
        traceId: traceID,
        spanId: '00000000000000a1',
        name: 'tools/call search',
        kind: 2,
        startNanos: 1_790_000_000_000_123_000n,
        endNanos: 1_790_000_000_001_623_000n,
        status: { code: 2, message: 'not found' },
        events: [
          {
            name: 'exception',
            timeNanos: 1_790_000_000_000_200_000n,
            attributes: { 'exception.type': 'KeyError' },
          },
        ],
        resource: { 'service.name': 'search', host: 'h' },
        scope: { name: 'fastmcp', version: '3.0' },
      },
      {
        spanId: '00000000000000b2',
        parentSpanId: '00000000000000a1',
        kind: 3,
        resource: { 'service.name': 'db' },
        links: [{ traceId: 'ff'.padStart(32, '0'), spanId: 'ee'.padStart(16, '0') }],
      },
    ]);
    expect(spans[0]!.parentSpanId).toBeUndefined();
    expect({ ...spans[0]!.attributes }).toEqual({
      'mcp.method.name': 'tools/call',
      size: 12,
      ratio: 3,
      cached: true,
      'jaeger.warnings': '["clock skew"]',
    });
  });

  it('is read without its envelope, and as a list', async () => {
    expect((await spansOf(file.data[0])).spans).toHaveLength(2);
    expect((await spansOf(file.data)).spans).toHaveLength(2);
    expect((await spansOf([file, file])).spans).toHaveLength(4);
  });

  it('names its parent the old way too', async () => {
    const [first, second] = file.data[0]!.spans;
    const old = { ...second, references: undefined, parentSpanID: 'a1' };
    const { spans } = await spansOf({ ...file.data[0], spans: [first, old] });
    expect(spans[1]!.parentSpanId).toBe('00000000000000a1');
  });

  it('loses only the spans that are wrong, each named by its line', async () => {
    const [first, second] = file.data[0]!.spans;
    const wrong = [
      { ...first, traceID: 'zz' },
      { ...first, spanID: '0' },
      { ...first, startTime: 'yesterday' },
      { ...first, references: [{ refType: 'CHILD_OF', traceID, spanID: 'x' }] },
    ];
    const { spans, problems } = await spansOf({
      data: [{ ...file.data[0], spans: [...wrong, second] }],
    });
    expect(spans.map(({ spanId }) => spanId)).toEqual(['00000000000000b2']);
    expect(problems.map((problem) => problem.replace(/^\d+: /, ''))).toEqual([
      'traceID is not at most 32 hex digits',
      'spanID is zero',
      'startTime is not a time in microseconds',
      'parentSpanID is not at most 16 hex digits',
    ]);
    const lines = problems.map((problem) => Number(problem.split(':')[0]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(new Set(lines).size).toBe(4);
  });

  it('takes a process named `__proto__` or none at all for what it is', async () => {
    const [first] = file.data[0]!.spans;
    const spans = [
      { ...first, processID: '__proto__' },
      { ...first, processID: undefined },
    ];
    const found = await spansOf({ ...file.data[0], spans });
    expect(found.spans.map(({ resource }) => ({ ...resource }))).toEqual([{}, {}]);
  });

  it('takes a tag whose type is no text', async () => {
    const span = {
      traceID,
      spanID: 'a1',
      startTime: 5,
      duration: 5,
      tags: [{ type: [], value: 5 }],
    };
    const { report } = await read(JSON.stringify({ data: [{ spans: [span], processes: {} }] }));
    expect(report.spans).toBe(1);
  });

  it('never throws, whatever stands in it', async () => {
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(traceID, 'a1', 5, '7'));
    const tag = fc.record({ key: odd, type: odd, value: odd }, { requiredKeys: [] });
    const span = fc.record(
      {
        ...{ traceID: odd, spanID: odd, operationName: odd, startTime: odd, duration: odd },
        references: fc.oneof(odd, fc.array(fc.record({ refType: odd, traceID: odd, spanID: odd }))),
        tags: fc.oneof(odd, fc.array(tag)),
        logs: fc.oneof(odd, fc.array(fc.record({ timestamp: odd, fields: fc.array(tag) }))),
        processID: odd,
        warnings: odd,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(odd, span)), odd, async (spans, processes) => {
        const { pieces, report } = await read(JSON.stringify({ data: [{ spans, processes }] }));
        const kept = pieces.flatMap((piece) => [...eachSpan(piece)]).length;
        expect(kept).toBe(report.spans);
        expect(kept + report.rejected).toBe(spans.length);
      }),
    );
  });
});
