import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpanRow, ViewSpec } from '../../src/core/protocol.js';
import { mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { everything } from './running.js';
import { idOf, names, run, sessionOf } from './toldSession.js';

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

  it('are found by the names that they show, which may stand in attributes alone', async () => {
    const { rows } = sessionOf(run);
    for (const query of ['name:"GET /x"', 'name:GET*']) {
      const found = names((await rows({ query })).rows);
      expect([query, ...found]).toEqual([
        ...[query, '0 invoke_agent bot', '1 search', '2 server', '3 GET /x'],
      ]);
    }
    expect((await rows({ query: 'name:"GET /y"' })).total).toBe(0);
  });

  it('have the handler of their own call, and an agent that makes calls has none', async () => {
    const { queries } = sessionOf(run);
    const filesOf = async (id: string) => {
      const place = { traceId: theTrace, spanId: spanId(id) };
      return (await queries['call/places'](place))?.spans.map(({ file }) => file);
    };
    expect(await filesOf('wire')).toEqual(['/w/a.ts']);
    expect(await filesOf('agent')).toEqual([]);
    expect(await filesOf('chat')).toEqual([]);
  });

  it('below a cancelled call are cancelled with it, unless they had failed before', async () => {
    const inner = (id: string, parent: string, start: number, duration: number): Told => ({
      ...{ id, parent, name: id, start, duration, status: 2, service: 'weather' },
    });
    const { rows, queries } = sessionOf([
      {
        ...{ id: 'wire', kind: 3, duration: 100, scope: 'spanpath.shim', status: 2 },
        attributes: { ...mcp('search'), 'spanpath.outcome': 'cancelled' },
      },
      inner('early', 'wire', 10, 20),
      inner('handler', 'wire', 10, 90.5),
      inner('fetch', 'handler', 40, 80),
    ]);
    const found = (await rows()).rows.map(({ name, outcome }) => [name, outcome]);
    expect(found).toEqual([
      ['search', 'cancelled'],
      ['early', null],
      ['handler', 'cancelled'],
      ['fetch', 'cancelled'],
    ]);
    expect(names((await rows({ query: 'status:error' })).rows)).toEqual(['0 search', '1 early']);
    const { errors } = await queries['overview/list']({ spec: everything, buckets: 1 });
    expect(errors).toEqual([1]);
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
      shim('typed', 'completion/complete', 'ok', 25),
      call,
      { id: 'below', parent: 'prompts', start: 21, duration: 1 },
    ]);
    const hidesProtocol = true;
    const page = await rows({ hidesProtocol });
    expect(names(page.rows)).toEqual(['0 tools/list', '0 search']);
    expect(page).toMatchObject({ total: 2, hiddenCalls: 3, start: 0, end: 25e6 });
    const grouped = await rows({ hidesProtocol, groupBy: 'tool' });
    expect(grouped.hiddenCalls).toBe(3);
    const asked = await rows({ hidesProtocol, query: 'initialize' });
    expect(names(asked.rows)).toEqual(['0 initialize']);
    expect(asked.hiddenCalls).toBeUndefined();
    expect((await rows()).total).toBe(6);
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

  it('are counted apart in the summary, and left out of statistics that hide them', async () => {
    const shim = { kind: 3, scope: 'spanpath.shim' };
    const methods = (method: string, outcome: string): Told => ({
      id: method,
      name: method,
      ...shim,
      attributes: { 'mcp.method.name': method, 'spanpath.outcome': outcome },
    });
    const { queries } = sessionOf([
      methods('initialize', 'ok'),
      methods('tools/list', 'protocol_error'),
      { id: 'ping', ...shim, attributes: { ...mcp('ping'), 'spanpath.outcome': 'ok' } },
    ]);
    expect(await queries['session/summary'](null)).toMatchObject({ calls: 3, protocolCalls: 1 });
    const listed = async (params: { query: string; hidesProtocol?: boolean }) =>
      (await queries['statistics/list'](params)).map(({ name }) => name).sort();
    expect(await listed({ query: '', hidesProtocol: true })).toEqual(['ping', 'tools/list']);
    expect(await listed({ query: '' })).toEqual(['initialize', 'ping', 'tools/list']);
    expect(await listed({ query: 'method:initialize', hidesProtocol: true })).toEqual([
      'initialize',
    ]);
  });

  it('are found by the name that they show', async () => {
    const called = (id: string, start: number): Told[] => [
      {
        ...{ id, start, kind: 3, name: 'tools/call search', scope: 'spanpath.shim' },
        attributes: mcp('search'),
      },
      {
        ...{ id: `${id}-server`, parent: id, start, kind: 2, name: 'tools/call search' },
        attributes: mcp('search'),
      },
    ];
    const chat = { 'gen_ai.operation.name': 'chat' };
    const { queries, rows } = sessionOf([
      ...called('first', 0),
      { id: 'round', start: 20, kind: 3, name: 'chat gpt-4.1', attributes: chat },
      ...called('second', 40),
    ]);
    for (const { name, layer } of (await rows()).rows) {
      const found = await rows({ query: `name:${name} layer:${layer}` });
      expect(found.rows.map((row) => row.name)).toContain(name);
    }
    // What “Compare” asks for.
    const before = await queries['rows/next']({
      ...{ spec: everything, from: 3, backwards: true },
      matching: 'name:search server:weather layer:wire',
    });
    expect(before?.span.spanId).toBe(spanId('first'));
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

  it('keep a chain together whose starts were read from a clock of whole milliseconds', async () => {
    const { rows } = sessionOf([
      { id: 'top', duration: 900 },
      { id: 'first', parent: 'top', start: 8, duration: 393.4 },
      { id: 'second', parent: 'top', start: 401, duration: 352.7 },
      { id: 'beside', parent: 'top', start: 752, duration: 2.5 },
      { id: 'third', parent: 'top', start: 753, duration: 73 },
    ]);
    const marked = (await rows()).rows.filter((row) => row.critical).map((row) => row.name);
    expect(marked).toEqual(['top', 'first', 'second', 'third']);
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

describe('the overview', () => {
  it('counts spans and errors in equal stretches of time', async () => {
    const { queries } = sessionOf(run);
    const overview = await queries['overview/list']({ spec: everything, buckets: 10 });
    expect(overview.counts).toEqual([2, 3, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(overview.errors).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
