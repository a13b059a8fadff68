import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FullText } from '../../src/collector/fullText.js';
import { Ingest } from '../../src/collector/ingest.js';
import { createQueries } from '../../src/collector/queries.js';
import { Session } from '../../src/collector/session.js';
import type { SpanRow, ViewSpec } from '../../src/core/protocol.js';
import { encodeTold, mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { everything } from './running.js';

/** A session that was told spans, and its queries, without a server. */
function sessionOf(spans: readonly Told[]) {
  const session = new Session(null);
  const ingest = new Ingest(session);
  const tell = (told: Told): void => {
    ingest.receive([{ signal: 'traces', body: encodeTold(told) }]);
  };
  for (const told of spans) tell(told);
  const queries = createQueries(session, new FullText(session));
  const rows = async (spec: Partial<ViewSpec> = {}, from = 0, count = 1000) =>
    queries['rows/list']({ spec: { ...everything, ...spec }, from, count });
  return { session, queries, rows, tell };
}

const names = (rows: readonly SpanRow[]): string[] => rows.map((row) => `${row.depth} ${row.name}`);
const idOf = (short: string): string => `${theTrace}:${spanId(short)}`;

const run: Told[] = [
  {
    id: 'agent',
    name: 'invoke_agent bot',
    duration: 1000,
    attributes: { 'gen_ai.operation.name': 'invoke_agent' },
    service: 'agent',
  },
  {
    id: 'chat',
    parent: 'agent',
    kind: 3,
    start: 5,
    duration: 100,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 3,
    },
    service: 'agent',
  },
  {
    id: 'wire',
    parent: 'agent',
    kind: 3,
    start: 110,
    duration: 200,
    attributes: mcp('search'),
    scope: 'spanpath.shim',
  },
  {
    id: 'srv',
    parent: 'wire',
    kind: 2,
    start: 120,
    duration: 180,
    attributes: mcp('search', { 'code.file.path': '/w/a.ts', 'code.line.number': 4 }),
  },
  {
    id: 'http',
    parent: 'srv',
    kind: 3,
    start: 150,
    duration: 100,
    attributes: { 'http.request.method': 'GET', 'url.path': '/x' },
    status: 2,
  },
  {
    id: 'other',
    trace: 'e'.repeat(32),
    kind: 3,
    start: 400,
    duration: 10,
    attributes: mcp('send'),
    scope: 'spanpath.shim',
    service: 'mail',
  },
];

describe('rows of the waterfall', () => {
  it('are trees in order of start, children below', async () => {
    const { rows } = sessionOf(run);
    const page = await rows();
    expect(names(page.rows)).toEqual([
      '0 invoke_agent bot',
      '1 chat',
      '1 search',
      '2 server',
      '3 GET /x',
      '0 send',
    ]);
    expect(page.rows[1]?.tokens).toEqual({ input: 10, output: 3 });
    expect(page).toMatchObject({ total: 6, start: 0, end: 1000e6, queryError: null });
  });

  it('fold, one by one or all', async () => {
    const { rows } = sessionOf(run);
    expect(names((await rows({ toggled: [idOf('wire')] })).rows)).toEqual([
      '0 invoke_agent bot',
      '1 chat',
      '1 search',
      '0 send',
    ]);
    const folded = await rows({ expandedByDefault: false, toggled: [idOf('agent')] });
    expect(names(folded.rows)).toEqual(['0 invoke_agent bot', '1 chat', '1 search', '0 send']);
    expect(folded.rows[2]).toMatchObject({ expanded: false, descendants: 2 });
  });

  it('leave out hidden layers and keep what is below them', async () => {
    const { rows } = sessionOf(run);
    expect(names((await rows({ hiddenLayers: ['agent', 'mcp-server'] })).rows)).toEqual([
      '0 chat',
      '0 search',
      '1 GET /x',
      '0 send',
    ]);
  });

  it('keep the frame and the inside of what a query finds, and drop what it refuses whole', async () => {
    const { rows } = sessionOf(run);
    expect(names((await rows({ query: 'layer:mcp-server' })).rows)).toEqual([
      '0 invoke_agent bot',
      '1 search',
      '2 server',
      '3 GET /x',
    ]);
    expect(names((await rows({ query: '-tool:search' })).rows)).toEqual([
      '0 invoke_agent bot',
      '1 chat',
      '0 send',
    ]);
    expect(names((await rows({ query: 'tool:send' })).rows)).toEqual(['0 send']);
  });

  it('show everything and the reason while a query cannot be understood', async () => {
    const { rows } = sessionOf(run);
    expect(await rows({ query: 'nix:1' })).toMatchObject({
      total: 6,
      queryError: { from: 0, to: 5 },
    });
  });

  it('stay within a trace or a call, from its own 0', async () => {
    const { rows } = sessionOf(run);
    const page = await rows({ scope: { kind: 'span', traceId: theTrace, spanId: spanId('wire') } });
    expect(names(page.rows)).toEqual(['0 search', '1 server', '2 GET /x']);
    expect(page.rows.map(({ start }) => start)).toEqual([0, 10e6, 40e6]);
    expect((await rows({ scope: { kind: 'trace', traceId: 'e'.repeat(32) } })).total).toBe(1);
    expect((await rows({ scope: { kind: 'trace', traceId: 'f'.repeat(32) } })).total).toBe(0);
  });

  it('are gathered under headers that fold', async () => {
    const { rows } = sessionOf(run);
    const page = await rows({
      groupBy: 'server',
      expandedByDefault: false,
      toggled: ['group:mail'],
    });
    expect(names(page.rows)).toEqual(['0 agent', '0 mail', '1 send']);
    expect(page.rows[1]?.group).toEqual({ calls: 1, errors: 0 });
  });

  it('tell what the bar of a call is made of, without a gap or an overlap', async () => {
    const { rows } = sessionOf(run);
    const wire = (await rows()).rows[2]!;
    expect(wire.parts.map(({ kind, duration }) => `${kind} ${duration / 1e6}`)).toEqual([
      'wire 10',
      'handler 30',
      'children 100',
      'handler 50',
      'wire 10',
    ]);
    let cursor = wire.start;
    for (const part of wire.parts) {
      expect(part.start).toBe(cursor);
      cursor += part.duration;
    }
    expect(cursor).toBe(wire.start + wire.duration!);
  });

  it('leave out what only keeps the protocol going, unless it failed, runs or is asked for', async () => {
    const shim = (id: string, method: string, outcome: string | null, start: number): Told => ({
      id,
      kind: 3,
      start,
      duration: 5,
      scope: 'spanpath.shim',
      attributes: {
        'mcp.method.name': method,
        ...(outcome === null ? {} : { 'spanpath.outcome': outcome }),
      },
    });
    const call = { ...shim('call', 'tools/call', 'ok', 30), attributes: mcp('search') };
    const { rows, queries } = sessionOf([
      shim('init', 'initialize', 'ok', 0),
      shim('list', 'tools/list', 'protocol_error', 10),
      shim('prompts', 'prompts/list', 'ok', 20),
      call,
      { id: 'below', parent: 'prompts', start: 21, duration: 1 },
    ]);
    const hidesProtocol = true;
    const page = await rows({ hidesProtocol });
    expect(names(page.rows)).toEqual(['0 tools/list', '0 search']);
    expect(page).toMatchObject({ total: 2, hiddenCalls: 2, start: 0, end: 25e6 });
    const grouped = await rows({ hidesProtocol, groupBy: 'tool' });
    expect(grouped.hiddenCalls).toBe(2);
    const asked = await rows({ hidesProtocol, query: 'initialize' });
    expect(names(asked.rows)).toEqual(['0 initialize']);
    expect(asked.hiddenCalls).toBeUndefined();
    expect((await rows()).total).toBe(5);
    const init = { traceId: theTrace, spanId: spanId('init') };
    const locate = (spec: Partial<ViewSpec>) =>
      queries['rows/locate']({ spec: { ...everything, ...spec }, span: init });
    expect(await locate({ hidesProtocol })).toEqual({ index: null });
    expect(await locate({})).toEqual({ index: 0 });
    const overview = await queries['overview/list']({
      spec: { ...everything, hidesProtocol },
      buckets: 5,
    });
    expect(overview.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('count what they leave out as it arrives', async () => {
    const initialize: Told = {
      id: 'init',
      kind: 3,
      duration: 7,
      scope: 'spanpath.shim',
      attributes: { 'mcp.method.name': 'initialize', 'spanpath.outcome': 'ok' },
    };
    const { rows, tell } = sessionOf([]);
    expect((await rows({ hidesProtocol: true })).total).toBe(0);
    tell(initialize);
    expect(await rows({ hidesProtocol: true })).toMatchObject({ total: 0, hiddenCalls: 1 });
    tell({ ...initialize, id: 'second', attributes: mcp('search'), start: 9 });
    expect((await rows({ hidesProtocol: true })).total).toBe(1);
  });

  it('mark the slowest chain', async () => {
    const { rows } = sessionOf(run);
    const critical = (await rows()).rows.filter((row) => row.critical).map((row) => row.name);
    expect(critical).toEqual(['invoke_agent bot', 'chat', 'search', 'server', 'GET /x']);
    const overlapping = sessionOf([
      { id: 'top', duration: 100 },
      { id: 'long', parent: 'top', start: 10, duration: 80 },
      { id: 'short', parent: 'top', start: 20, duration: 10 },
    ]);
    const marked = (await overlapping.rows()).rows
      .filter((row) => row.critical)
      .map((row) => row.name);
    expect(marked).toEqual(['top', 'long']);
  });

  it('follow what arrives: a late parent takes its place above rows that were roots', async () => {
    const { rows, tell } = sessionOf([run[3]!, run[4]!]);
    expect(names((await rows()).rows)).toEqual(['0 server', '1 GET /x']);
    tell(run[2]!);
    expect(names((await rows()).rows)).toEqual(['0 search', '1 server', '2 GET /x']);
    tell(run[0]!);
    expect(names((await rows()).rows)).toEqual([
      '0 invoke_agent bot',
      '1 search',
      '2 server',
      '3 GET /x',
    ]);
  });

  it('are the same in pages as in one, and each is found where it stands', async () => {
    const shape = fc.array(
      fc.record({ parent: fc.nat(14), start: fc.nat(50), tool: fc.boolean() }),
      { minLength: 1, maxLength: 15 },
    );
    const choice = fc.record({
      toggled: fc.subarray(Array.from({ length: 15 }, (_, place) => idOf(`s${place}`))),
      expandedByDefault: fc.boolean(),
      query: fc.constantFrom('', 'is:call', '-is:call', 'name:s3'),
      hide: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        shape,
        choice,
        fc.integer({ min: 1, max: 5 }),
        async (spans, { hide, ...spec }, size) => {
          const told = spans.map(
            ({ parent, start, tool }, place): Told => ({
              id: `s${place}`,
              // Sometimes itself, sometimes one that is never told.
              parent: `s${parent}`,
              start,
              duration: 5,
              ...(tool ? { kind: 3, attributes: mcp('f') } : {}),
            }),
          );
          const { rows, queries } = sessionOf(told);
          const full = {
            ...everything,
            ...spec,
            hiddenLayers: hide ? (['internal'] as const) : [],
          };
          const whole = await rows(full);
          const pieces: SpanRow[] = [];
          for (let from = 0; from < whole.total; from += size)
            pieces.push(...(await rows(full, from, size)).rows);
          expect(pieces).toEqual(whole.rows);
          expect(whole.rows).toHaveLength(whole.total);
          for (const [index, row] of whole.rows.entries()) {
            expect(await queries['rows/locate']({ spec: full, span: row })).toEqual({ index });
            const { ancestors } = await rows(full, index, 1);
            expect(ancestors.map(({ depth }) => depth)).toEqual(ancestors.map((_, depth) => depth));
            expect(ancestors).toHaveLength(row.depth);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the next row that matches', () => {
  it('is found forwards and backwards, with what must be unfolded for it', async () => {
    const { queries } = sessionOf(run);
    const spec: ViewSpec = { ...everything, expandedByDefault: false };
    const next = (from: number, backwards = false) =>
      queries['rows/next']({ spec, from, backwards, matching: 'status:error' });
    expect(await next(-1)).toEqual({
      span: { traceId: theTrace, spanId: spanId('http') },
      unfold: [idOf('agent'), idOf('wire'), idOf('srv')],
    });
    expect(await next(1)).toBeNull();
    expect(await next(1, true)).toMatchObject({ span: { spanId: spanId('http') } });
  });
});

describe('statistics', () => {
  it('count calls by server and tool, with percentiles, errors and tokens', async () => {
    const calls = Array.from(
      { length: 100 },
      (_, place): Told => ({
        id: `c${place}`,
        kind: 3,
        start: place,
        duration: place + 1,
        attributes: mcp('search', place < 5 ? { 'error.type': 'tool_error' } : {}),
        scope: 'spanpath.shim',
      }),
    );
    const { queries } = sessionOf([...calls, run[0]!, run[1]!]);
    const found = await queries['statistics/list']({ query: '' });
    expect(found).toMatchObject([
      {
        server: 'weather',
        name: 'search',
        calls: 100,
        errors: 5,
        p50: 50e6,
        p95: 95e6,
        p99: 99e6,
        max: 100e6,
      },
      { server: 'agent', layer: 'llm', calls: 1, inputTokens: 10, outputTokens: 3 },
    ]);
    expect(found[0]!.histogram.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(await queries['statistics/list']({ query: 'dur>98ms' })).toMatchObject([
      { calls: 2 },
      { name: expect.anything() },
    ]);
    expect(await queries['statistics/list']({ query: 'nix:1' })).toEqual([]);
  });
});

describe('the overview', () => {
  it('counts spans and errors in equal stretches of time', async () => {
    const { queries } = sessionOf(run);
    const overview = await queries['overview/list']({ spec: everything, buckets: 10 });
    expect(overview.counts).toEqual([2, 3, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(overview.errors).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('details', () => {
  it('take arguments, result and exception from whichever link of the chain has them', async () => {
    const { queries } = sessionOf([
      {
        ...run[2]!,
        status: 2,
        attributes: mcp('search', {
          'gen_ai.tool.call.arguments': '{"q":1}',
          'gen_ai.tool.call.result': '"r"',
        }),
        events: [
          {
            name: 'spanpath.message',
            at: 111,
            attributes: {
              'spanpath.message.direction': 'client-to-server',
              'spanpath.message.body': '{}',
              'spanpath.message.bytes': 2,
            },
          },
        ],
      },
      {
        ...run[3]!,
        status: 2,
        events: [
          {
            name: 'exception',
            at: 200,
            attributes: {
              'exception.type': 'TypeError',
              'exception.message': 'no',
              'exception.stacktrace': 'at x',
            },
          },
        ],
      },
    ]);
    for (const short of ['wire', 'srv']) {
      const details = await queries['span/details']({ traceId: theTrace, spanId: spanId(short) });
      expect(details).toMatchObject({
        argumentsText: '{"q":1}',
        resultText: '"r"',
        exception: { type: 'TypeError', stack: 'at x' },
        wire: [{ direction: 'client-to-server', body: '{}', bytes: 2, truncated: false }],
      });
    }
  });

  it('list every source that was folded into the row', async () => {
    const { queries } = sessionOf([
      { ...run[2]!, parent: 'agent' },
      { ...run[3]!, scope: 'mcp-python-sdk' },
      {
        ...run[3]!,
        id: 'hook',
        start: 121,
        scope: 'spanpath.hook.python',
        attributes: mcp('search', { extra: 'from the hook' }),
      },
    ]);
    const details = await queries['span/details']({ traceId: theTrace, spanId: spanId('srv') });
    expect(details?.sources).toEqual(['mcp-python-sdk', 'spanpath.hook.python']);
    expect(details?.attributes.extra).toBe('from the hook');
  });

  it('are null for a span that is not there', async () => {
    const { queries } = sessionOf(run);
    expect(await queries['span/details']({ traceId: theTrace, spanId: 'f'.repeat(16) })).toBeNull();
    expect(await queries['span/details']({ traceId: 'x', spanId: '../../etc' })).toBeNull();
  });
});

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
