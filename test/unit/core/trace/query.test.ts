import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery, type QuerySource } from '../../../../src/core/trace/queryCompile.js';
import { queryKeys } from '../../../../src/core/trace/queryKeys.js';
import { parseQuery, QueryError } from '../../../../src/core/trace/queryParse.js';
import { parseDuration, textMatcher } from '../../../../src/core/trace/queryValues.js';
import { indexOf, mcp, type Told, teller } from './telling.js';

const spans: Told[] = [
  {
    id: 'agent',
    name: 'invoke_agent bot',
    duration: 900,
    attributes: { 'gen_ai.operation.name': 'invoke_agent' },
  },
  {
    id: 'search',
    parent: 'agent',
    kind: 3,
    start: 10,
    duration: 300,
    attributes: mcp('search'),
    scope: 'spanpath.shim',
  },
  {
    id: 'send',
    parent: 'agent',
    kind: 3,
    start: 400,
    duration: 20,
    attributes: mcp('send_mail', { 'error.type': 'tool_error' }),
    status: 2,
  },
  { id: 'init', kind: 3, start: 1, duration: 5, attributes: { 'mcp.method.name': 'initialize' } },
  {
    id: 'prompt',
    kind: 3,
    start: 2,
    duration: 5,
    attributes: { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': 'search' },
  },
  {
    id: 'http',
    parent: 'search',
    kind: 3,
    start: 20,
    duration: 0.25,
    name: 'GET',
    attributes: { 'http.request.method': 'GET' },
  },
];
const index = indexOf(spans);
const source: QuerySource = {
  index,
  serverName: () => 'weather',
  scopeName: () => '',
  rowName: (slot) => index.names.text(index.columns.name[slot]!),
  attribute: (slot, key) => (key === 'level' ? slot : undefined),
  contains: (slot, text) =>
    index.names.text(index.columns.name[slot]!).toLowerCase().includes(text),
};

/** Names of the spans that a query finds. */
function find(query: string): string[] {
  const matches = compileQuery(parseQuery(query), source);
  const found: string[] = [];
  for (let slot = 0; slot < index.size; slot++) {
    if (matches(slot)) found.push(index.names.text(index.columns.name[slot]!));
  }
  return found;
}

describe('the query language', () => {
  it.each([
    ['', ['invoke_agent bot', 'search', 'send', 'init', 'prompt', 'GET']],
    ['tool:search', ['search']],
    ['tool:SE*', ['search', 'send']],
    ['tool:search,send_mail', ['search', 'send']],
    ['prompt:search', ['prompt']],
    ['name:send_mail', ['send']],
    ['name:search', ['search', 'prompt']],
    ['name:initialize', ['init']],
    ['name:get', ['GET']],
    ['server:weather', ['invoke_agent bot', 'search', 'send', 'init', 'prompt', 'GET']],
    ['server:other', []],
    ['status:error', ['send']],
    ['outcome:tool_error', ['send']],
    ['layer:agent', ['invoke_agent bot']],
    ['layer:wire', ['search']],
    ['method:initialize', ['init']],
    ['is:call -method:initialize', ['search', 'send', 'prompt']],
    ['dur>200ms', ['invoke_agent bot', 'search']],
    ['dur<1ms', ['GET']],
    ['dur>=300ms dur<=300ms', ['search']],
    ['kind:client name:GET', ['GET']],
    ['tool:search OR method:initialize', ['search', 'init']],
    ['(tool:search OR tool:send_mail) status:error', ['send']],
    ['-(is:call)', ['invoke_agent bot', 'GET']],
    ['bot', ['invoke_agent bot']],
    ['"agent bot"', ['invoke_agent bot']],
    ['attr.level=2', ['send']],
    ['attr.level>4', ['GET']],
    ['is:root', ['invoke_agent bot', 'init', 'prompt']],
    ['after:1790000000001500000 is:root', ['prompt']],
    ['before:2026-09-21T14:13:20.0015Z is:root', ['invoke_agent bot', 'init']],
  ])('%s', (query, expected) => {
    expect(find(query)).toEqual(expected);
  });

  it.each([
    ['nix:1', '“nix” is not known', 0, 5],
    ['tool:search (', '“)” is missing', 12, 13],
    ['a )', '“)” closes nothing', 2, 3],
    ['tool: x', '“tool:” wants a value', 0, 5],
    ['"open', 'the quotation has no end', 0, 5],
    ['dur>soon', 'a duration is a number and a unit', 0, 8],
    ['status:blue', '“blue” is no status', 0, 11],
    ['layer>tool', 'can be compared with “:” only', 0, 10],
    ['after:never', 'a time is as', 0, 11],
  ])('says what is wrong with %s, and where', (query, message, from, to) => {
    try {
      find(query);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(QueryError);
      expect(error).toMatchObject({ message: expect.stringContaining(message), from, to });
    }
  });

  it('never fails in another way, and never names a place outside the text', () => {
    const word = fc.constantFrom(
      'tool:',
      'dur>',
      '(',
      ')',
      '-',
      '"',
      ' ',
      'OR',
      'x',
      ',',
      '*',
      '\\',
      'attr.a=',
      '5ms',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const query = words.join('');
        try {
          find(query);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          const { from, to } = error as QueryError;
          expect(0 <= from && from <= to && to <= query.length).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('understands every example that it offers', () => {
    for (const { example } of queryKeys) expect(() => find(example)).not.toThrow();
  });

  it('takes a pattern of ten thousand stars in no time', () => {
    expect(textMatcher(`${'*a'.repeat(10_000)}*b`)('a'.repeat(20_000))).toBe(false);
  });

  it.each([
    ['200ms', 200e6],
    ['1.5s', 1.5e9],
    ['10', 10e6],
    ['3us', 3e3],
    ['2m', 120e9],
    ['x', null],
    ['-1s', null],
    ['', null],
  ])('reads %s as a duration', (text, nanos) => {
    expect(parseDuration(text)).toBe(nanos);
  });
});

describe('a query that was asked before many more spans came', () => {
  it.each(['dur>5ms', 'layer:internal', 'kind:client', 'outcome:ok -layer:wire'])(
    'finds the new ones too: %s',
    (text) => {
      const growing = indexOf([{ id: 'first', kind: 3 }]);
      const tell = teller(growing);
      const ask = compileQuery(parseQuery(text), { ...source, index: growing });
      ask(0);
      const { capacity } = growing.columns;
      const told: Told = text.startsWith('outcome')
        ? { id: 'last', kind: 2, attributes: mcp('f') }
        : { id: 'last', kind: 3 };
      for (let place = 0; place < capacity; place++) tell({ ...told, id: `n${place}` });
      expect(growing.columns.capacity).toBeGreaterThan(capacity);
      expect(ask(growing.size - 1)).toBe(true);
    },
  );
});
