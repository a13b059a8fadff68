import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../src/core/trace/queryParse.js';
import {
  addSearch,
  completionsOf,
  quoteValue,
  readQuery,
} from '../../../../src/core/view/queryWords.js';

const known = { tool: ['search', 'send report', 'read'], server: ['weather'] };
const labels = (text: string) =>
  completionsOf(text, text.length, known, []).options.map((option) => option.label);
/** The text after the first option was taken. */
const taken = (text: string) => {
  const { from, to, options } = completionsOf(text, text.length, known, []);
  return text.slice(0, from) + (options[0]?.insert ?? '') + text.slice(to);
};

describe('the search as it is typed', () => {
  it('knows its fields from plain words', () => {
    const text = 'forecast server:weather -dur>50ms "a b"';
    const { fields } = readQuery(text);
    expect(fields.map(({ from, to }) => text.slice(from, to))).toEqual([
      'server:weather',
      'dur>50ms',
    ]);
  });

  it('names a mistake and its place', () => {
    expect(readQuery('a tool:').error).toMatchObject({ from: 2, to: 7 });
    expect(readQuery('"open').error).toMatchObject({ from: 0 });
  });

  it('reads any text without breaking, with places inside it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { fields, error } = readQuery(text);
        for (const { from, to } of [...fields, ...(error ? [error] : [])]) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(text.length + 1);
        }
      }),
    );
  });
});

describe('completion', () => {
  it('offers keys, then their values', () => {
    expect(labels('stat')).toEqual(['status:error']);
    expect(taken('x stat')).toBe('x status:');
    expect(labels('status:e')).toEqual(['error', 'unset']);
    expect(taken('status:er')).toBe('status:error ');
    expect(taken('-outc')).toBe('-outcome:');
    expect(taken('dur')).toBe('dur>');
    expect(taken('du')).toBe('dur>');
  });

  it('offers the names of the session, quoted where they must be', () => {
    expect(labels('tool:se')).toEqual(['search', 'send report']);
    expect(taken('tool:send')).toBe('tool:"send report" ');
    expect(taken('tool:search,rea')).toBe('tool:search,read ');
    expect(labels('server:')).toEqual(['weather']);
  });

  it('starts with earlier searches', () => {
    const { options } = completionsOf('', 0, known, ['status:error']);
    expect(options[0]).toMatchObject({ label: 'status:error', insert: 'status:error' });
  });

  it('offers nothing after a finished word', () => {
    expect(labels('status:error ')).toEqual([]);
  });

  it('leads to queries that can be read, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        const node = parseQuery(`tool:${quoteValue(name)}`);
        expect(node).toMatchObject({ kind: 'field', key: 'tool', values: [name] });
      }),
    );
  });
});

describe('earlier searches', () => {
  it('are kept newest first, each once', () => {
    expect(addSearch(['a', 'b'], ' b ')).toEqual(['b', 'a']);
    expect(addSearch(['a'], '  ')).toEqual(['a']);
    expect(addSearch(['a', 'b'], 'c', 2)).toEqual(['c', 'a']);
  });
});
