import { describe, expect, it } from 'vitest';
import { initialValue } from '../../../../src/core/schema/initialValue.js';
import type { JsonValue } from '../../../../src/core/schema/json.js';
import { parseJsonText, parseNumber } from '../../../../src/core/schema/parseInput.js';
import { readSchema } from '../../../../src/core/schema/readSchema.js';
import { validate } from '../../../../src/core/schema/validate.js';

const schema = {
  type: 'object',
  required: ['city', 'where'],
  properties: {
    city: { type: 'string', minLength: 1 },
    days: { type: 'integer', minimum: 1, maximum: 14, default: 3 },
    ratio: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.1 },
    mail: { type: 'string', format: 'email' },
    units: { enum: ['metric', 'imperial'] },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    where: { type: 'object', required: ['lat'], properties: { lat: { type: 'number' } } },
    shape: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'integer' } }] },
    note: { type: ['string', 'null'] },
  },
};
const problemsOf = (value: unknown) =>
  validate(readSchema(schema), value as JsonValue).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
const good = { city: 'Oslo', where: { lat: 1 } };

describe('arguments held against their schema', () => {
  it('pass when they fit', () => {
    const whole = {
      ...good,
      days: 14,
      ratio: 0.3,
      mail: 'a@b',
      units: 'metric',
      tags: ['x'],
      shape: [1],
      note: null,
    };
    expect(problemsOf(whole)).toEqual([]);
  });

  it.each([
    [{ where: { lat: 1 } }, 'city: A value is needed'],
    [{ ...good, city: '' }, 'city: At least 1 character'],
    [{ ...good, days: 15 }, 'days: At most 14'],
    [{ ...good, days: 0 }, 'days: At least 1'],
    [{ ...good, days: 1.5 }, 'days: A whole number is needed'],
    [{ ...good, days: '3' }, 'days: A number is needed'],
    [{ ...good, ratio: 0 }, 'ratio: More than 0'],
    [{ ...good, ratio: 0.25 }, 'ratio: A multiple of 0.1'],
    [{ ...good, mail: 'nobody' }, 'mail: An e-mail address is needed'],
    [{ ...good, units: 'k' }, 'units: Use one of: metric, imperial'],
    [{ ...good, tags: ['a', 'b', 'c'] }, 'tags: At most 2 elements'],
    [{ ...good, tags: ['a', 5] }, 'tags.1: Text is needed'],
    [{ city: 'x', where: {} }, 'where.lat: A value is needed'],
    [{ ...good, shape: [1, 'x'] }, 'shape.1: A number is needed'],
    [{ ...good, city: null }, 'city: Text is needed'],
    [[], ': An object is needed'],
  ])('%j', (value, problem) => {
    expect(problemsOf(value)).toContain(problem);
  });

  it('begin with defaults and the skeleton of what is required', () => {
    expect(initialValue(readSchema(schema))).toEqual({ days: 3, where: {} });
  });

  it('do not run patterns of the server', () => {
    const slow = readSchema({
      type: 'object',
      properties: { x: { type: 'string', pattern: '^(a+)+$' } },
    });
    expect(validate(slow, { x: `${'a'.repeat(60)}!` })).toEqual([]);
  });
});

describe('what is typed', () => {
  it.each([
    ['', { value: undefined }],
    [' 12 ', { value: 12 }],
    ['-1.5e3', { value: -1500 }],
    ['.5', { value: 0.5 }],
    ['−4', { value: -4 }],
    ['1,5', { problem: 'This is not a number' }],
    ['0x10', { problem: 'This is not a number' }],
    ['1e999', { problem: 'This number is too large' }],
  ])('%j is read as a number', (text, expected) => {
    expect(parseNumber(text)).toEqual(expected);
  });

  it('is read as JSON, with the place of a mistake', () => {
    expect(parseJsonText('{"a":[1]}')).toEqual({ value: { a: [1] } });
    expect(parseJsonText('  ')).toEqual({ value: undefined });
    expect(parseJsonText('{"a":}')).toMatchObject({ problem: expect.stringContaining('not JSON') });
  });
});
