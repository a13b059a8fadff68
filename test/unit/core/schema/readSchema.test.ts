import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field, ObjectField } from '../../../../src/core/schema/field.js';
import { initialValue } from '../../../../src/core/schema/initialValue.js';
import { readSchema } from '../../../../src/core/schema/readSchema.js';
import { validate } from '../../../../src/core/schema/validate.js';

function field(schema: object, more: object = {}): Field {
  const root = readSchema({ type: 'object', properties: { x: schema }, ...more }) as ObjectField;
  return root.fields[0]!;
}

describe('the field of a schema', () => {
  it.each([
    [
      { type: 'string', maxLength: 3 },
      { kind: 'text', maxLength: 3 },
    ],
    [
      { type: 'integer', minimum: 1 },
      { kind: 'number', integer: true, minimum: 1 },
    ],
    [{ type: 'number' }, { kind: 'number', integer: false }],
    [
      { type: 'boolean', default: true },
      { kind: 'boolean', default: true },
    ],
    [
      { enum: ['a', 1, null] },
      { kind: 'choice', options: [{ label: 'a' }, { value: 1 }, { value: null }] },
    ],
    [{ const: 'only' }, { kind: 'choice', options: [{ value: 'only' }] }],
    [
      { oneOf: [{ const: 'a', title: 'First' }, { const: 'b' }] },
      { kind: 'choice', options: [{ label: 'First', value: 'a' }, { label: 'b' }] },
    ],
    [
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      { kind: 'list', minItems: 1, element: { kind: 'text' } },
    ],
    [
      { type: 'object', properties: { y: { type: 'string' } }, required: ['y'] },
      { kind: 'object', fields: [{ name: 'y', required: true }] },
    ],
    [
      { type: 'object', additionalProperties: true },
      { kind: 'json', types: ['object'] },
    ],
    [{ type: ['string', 'number'] }, { kind: 'json', types: ['string', 'number'] }],
    [{ type: ['string', 'null'] }, { kind: 'text', nullable: true }],
    [
      { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null, title: 'Size' },
      { kind: 'number', nullable: true, label: 'Size', default: null },
    ],
    [
      { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      { kind: 'variants', variants: [{ label: 'string' }, { label: 'array' }] },
    ],
    [{}, { kind: 'json', types: [] }],
  ])('%j', (schema, expected) => {
    expect(field(schema)).toMatchObject(expected);
  });

  it('follows references and folds allOf', () => {
    const defs = {
      $defs: { Size: { type: 'integer', description: 'in px' }, 'a/b': { enum: ['q'] } },
    };
    expect(field({ $ref: '#/$defs/Size', description: 'own' }, defs)).toMatchObject({
      kind: 'number',
      description: 'own',
    });
    expect(field({ allOf: [{ $ref: '#/$defs/Size' }], default: 3 }, defs)).toMatchObject({
      kind: 'number',
      default: 3,
    });
    expect(field({ $ref: '#/$defs/a~1b' }, defs)).toMatchObject({ kind: 'choice' });
    expect(field({ $ref: '#/$defs/nowhere' }, defs)).toMatchObject({ kind: 'json' });
    expect(field({ $ref: 'https://elsewhere.test/x' }, defs)).toMatchObject({ kind: 'json' });
  });

  it('tells shapes apart by their constants when they have no titles', () => {
    const shape = (kind: string) => ({ type: 'object', properties: { kind: { const: kind } } });
    expect(field({ oneOf: [shape('a'), shape('b')] })).toMatchObject({
      variants: [{ label: 'kind: a' }, { label: 'kind: b' }],
    });
  });

  it('that refers to itself ends as JSON', () => {
    const schema = { type: 'object', properties: { next: { $ref: '#' } } };
    const depthOf = (each: Field): number =>
      each.kind === 'object' ? 1 + depthOf(each.fields[0]!) : 0;
    expect(depthOf(readSchema(schema))).toBeLessThan(10);
    const loop = { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } };
    expect(field({ $ref: '#/$defs/a' }, loop).kind).toBe('json');
  });

  it('stands for any schema at all, and its initial value never makes it throw', () => {
    const keys = fc.constantFrom(
      'type',
      'properties',
      'items',
      'enum',
      'anyOf',
      'oneOf',
      'allOf',
      '$ref',
      'required',
      'default',
      'const',
      'minimum',
      '#',
    );
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('string', 'object', 'array', 'null', '#', '#/properties/x', 3, true, null),
        fc.dictionary(keys, tie('schema'), { maxKeys: 4 }),
        fc.array(tie('schema'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(schema, (any) => {
        const read = readSchema(any);
        validate(read, initialValue(read));
      }),
    );
  });
});
