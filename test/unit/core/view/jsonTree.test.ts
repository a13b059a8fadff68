import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  copyText,
  type JsonFolds,
  jsonLines,
  parseJson,
  pathText,
  preview,
  printForDiff,
  printJson,
  searchJson,
  valueAt,
} from '../../../../src/core/view/jsonTree.js';

const closed: JsonFolds = { toggled: new Set(), chunks: new Map() };

function parsed(text: string): unknown {
  const answer = parseJson(text);
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.value;
}

describe('a JSON document', () => {
  it('prints as it was, with every number as it was written', () => {
    expect(printJson(parsed('{"id":12345678901234567890,"one":1.0,"two":2}'))).toBe(
      '{\n  "id": 12345678901234567890,\n  "one": 1.0,\n  "two": 2\n}',
    );
  });

  it('means the same after a walk through the tree', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(printJson(parsed(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is answered with the reason when it is none', () => {
    expect(parseJson('{"a":')).toHaveProperty('problem');
    expect(parseJson('['.repeat(200_000))).toHaveProperty('problem');
  });

  it('makes no more lines than asked for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 50 }), (value, most) => {
        expect(jsonLines(value, closed, most).length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('gives each line the path that leads to its value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const line of jsonLines(value, closed)) {
          const found = valueAt(value, line.path);
          if (line.kind === 'array') expect(found).toBeInstanceOf(Array);
          else if (line.kind !== 'more' && line.kind !== 'object') {
            expect(line.text).toBe(JSON.stringify(found));
          }
        }
      }),
    );
  });

  it('shows long lists piece by piece', () => {
    const list = Array.from({ length: 250 }, (_, at) => at);
    const open = { toggled: new Set(['']), chunks: new Map<string, number>() };
    expect(jsonLines(list, open).at(-1)).toMatchObject({ kind: 'more', size: 250 - chunk });
    expect(jsonLines(list, { ...open, chunks: new Map([['', 3]]) })).toHaveLength(251);
  });

  it('is found by keys and values', () => {
    const value = { place: { city: 'Oslo' }, cities: ['Bergen', 'oslo'] };
    expect(searchJson(value, 'OSLO').map(pathText)).toEqual(['$.place.city', '$.cities[1]']);
    expect(searchJson(value, 'cit').map(pathText)).toEqual(['$.place.city', '$.cities']);
    expect(searchJson(value, '')).toEqual([]);
  });

  it('names odd keys so that they can be pasted', () => {
    expect(pathText(['a', 0, 'odd key', '__proto__'])).toBe('$.a[0]["odd key"].__proto__');
  });

  it('takes keys like __proto__ as data', () => {
    const value = parsed('{"__proto__": {"x": 1}}');
    expect(jsonLines(value, closed).map((line) => line.key)).toEqual([null, '__proto__', 'x']);
  });

  it('is short when closed', () => {
    expect(preview({ city: 'Oslo', days: [1, 2], nested: { a: 1 } })).toBe(
      '{ city: "Oslo", days: […], nested: {…} }',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(preview(value).length).toBeLessThanOrEqual(120);
      }),
    );
  });

  it('copies strings bare and all else as JSON', () => {
    expect(copyText('two\nlines')).toBe('two\nlines');
    expect(copyText([1])).toBe('[\n  1\n]');
  });
});

describe('a document to lay beside another', () => {
  it('unfolds texts that are JSON, and texts of several lines, and keeps exact numbers', () => {
    const text = JSON.stringify({ n: 1, text: '{"free":14.50,"all":["a"]}', log: 'one\ntwo' });
    expect(printForDiff(text.replace('1,', '1.0,'))).toBe(
      `{
  "n": 1.0,
  "text": {
    "free": 14.50,
    "all": [
      "a"
    ]
  },
  "log": [
    "one",
    "two"
  ]
}`,
    );
  });

  it('is left as it is where it cannot be read', () => {
    expect(printForDiff('{"cut')).toBe('{"cut');
    expect(printForDiff('{"text":"{not JSON"}')).toContain('"{not JSON"');
  });
});
