import { describe, expect, it } from 'vitest';
import { firstQuestion } from '../../src/core/view/firstView.js';
import { mcp, spanId, type Told, theTrace } from '../unit/core/trace/telling.js';
import { run, sessionOf } from './toldSession.js';

const round = (id: string, extra: Told['attributes']): Told => ({
  id,
  name: 'chat',
  service: 'agent',
  attributes: { 'gen_ai.operation.name': 'chat', ...extra },
});

describe('what LLM rounds cost', () => {
  it.each(['gen_ai.usage.cost', 'llm.cost.total', 'operation.cost'])(
    'is taken from %s',
    async (key) => {
      const { queries } = sessionOf([round('a', { [key]: 0.25 }), round('b', { [key]: 1 })]);
      const { rows } = await queries['rows/list'](firstQuestion);
      expect(rows.map(({ cost, detail }) => [cost, detail])).toEqual([
        [0.25, '$0.2500'],
        [1, '$1.00'],
      ]);
      expect(await queries['statistics/list']({ query: '' })).toMatchObject([{ cost: 1.25 }]);
    },
  );

  it('stays unknown where no span says it, and no price is made up', async () => {
    const known = { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.request.model': 'gpt-4.1' };
    const { queries } = sessionOf([
      round('a', known),
      round('b', { ...known, 'gen_ai.usage.cost': -1 }),
    ]);
    const { rows } = await queries['rows/list'](firstQuestion);
    expect(rows.every((row) => row.cost === undefined && !row.detail.includes('$'))).toBe(true);
    expect(await queries['statistics/list']({ query: '' })).toMatchObject([{ cost: null }]);
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
