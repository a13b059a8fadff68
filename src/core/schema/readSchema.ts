/** From a tool's JSON Schema to the fields of a form. */
import type { Field } from './field.js';
import { isObject, type JsonObject, type JsonValue } from './json.js';

/** Deeper than this (a schema may refer to itself) a field is written as JSON. */
const maxDepth = 6;

/** The form of a whole input schema; anything that is no object schema becomes one JSON field. */
export function readSchema(schema: unknown): Field {
  const root = isObject(schema) ? schema : {};
  return new SchemaReader(root).field(root, '', true, 0);
}

class SchemaReader {
  constructor(private readonly root: JsonObject) {}

  field(given: JsonObject, name: string, required: boolean, depth: number): Field {
    const { schema, nullable } = withoutNull(this.resolve(given));
    const base = {
      name,
      label: text(schema.title ?? given.title) || name,
      description: text(given.description ?? schema.description),
      required,
      nullable,
      default: given.default ?? schema.default,
    };
    const json: Field = { ...base, kind: 'json', types: typesOf(schema) };
    if (depth > maxDepth) return json;
    const options = this.options(schema);
    if (options) return { ...base, kind: 'choice', options };
    const variants = this.variants(schema, name, required, depth);
    if (variants) return { ...base, kind: 'variants', variants };
    const [type, ...others] = typesOf(schema);
    if (others.length > 0) return json;
    switch (type) {
      case 'string':
        return {
          ...base,
          kind: 'text',
          minLength: count(schema.minLength),
          maxLength: count(schema.maxLength),
          format: text(schema.format),
          pattern: text(schema.pattern),
        };
      case 'integer':
      case 'number':
        return {
          ...base,
          kind: 'number',
          integer: type === 'integer',
          minimum: count(schema.minimum),
          maximum: count(schema.maximum),
          exclusiveMinimum: count(schema.exclusiveMinimum),
          exclusiveMaximum: count(schema.exclusiveMaximum),
          multipleOf: count(schema.multipleOf),
        };
      case 'boolean':
        return { ...base, kind: 'boolean' };
      case 'array':
        return this.list(schema, base, depth) ?? json;
      case 'object':
        return this.object(schema, base, depth) ?? json;
      default:
        return json;
    }
  }

  private object(schema: JsonObject, base: BaseOf<Field>, depth: number): Field | null {
    const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
    // A map of free names has no fields; at the top it means "no arguments".
    if (properties.length === 0 && depth > 0) return null;
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const fields = properties.map(([name, property]) =>
      this.field(isObject(property) ? property : {}, name, required.has(name), depth + 1),
    );
    return { ...base, kind: 'object', fields };
  }

  private list(schema: JsonObject, base: BaseOf<Field>, depth: number): Field | null {
    if (!isObject(schema.items)) return null;
    return {
      ...base,
      kind: 'list',
      element: this.field(schema.items, '', true, depth + 1),
      minItems: count(schema.minItems) ?? 0,
      maxItems: count(schema.maxItems) ?? Number.POSITIVE_INFINITY,
    };
  }

  /** `enum`, `const`, or alternatives that are all constants. */
  private options(schema: JsonObject): { label: string; value: JsonValue }[] | null {
    if (Array.isArray(schema.enum)) {
      const names: readonly JsonValue[] = Array.isArray(schema.enumNames) ? schema.enumNames : [];
      return schema.enum.map((value: JsonValue, index: number) => ({
        label: text(names[index]) || labelOf(value),
        value,
      }));
    }
    if (schema.const !== undefined) return [{ label: labelOf(schema.const), value: schema.const }];
    const options = alternatives(schema).map((option) => this.resolve(option));
    if (options.length === 0 || !options.every((option) => option.const !== undefined)) return null;
    return options.map((option) => ({
      label: text(option.title) || labelOf(option.const!),
      value: option.const!,
    }));
  }

  private variants(schema: JsonObject, name: string, required: boolean, depth: number) {
    const options = alternatives(schema);
    if (options.length < 2) return null;
    const { oneOf: _, anyOf: __, ...shared } = schema;
    return options.map((option, index) => {
      const resolved = this.resolve(option);
      const field = this.field(merge(shared, resolved), name, required, depth + 1);
      return { label: variantLabel(resolved) || `Shape ${index + 1}`, field };
    });
  }

  /** Follows `$ref` inside the schema and folds `allOf` together. */
  private resolve(schema: JsonObject): JsonObject {
    let current = schema;
    for (let hops = 0; typeof current.$ref === 'string' && hops < 16; hops++) {
      const { $ref, ...beside } = current;
      const target = this.lookUp($ref as string);
      if (!target) return beside;
      current = merge(target, beside);
    }
    const parts = Array.isArray(current.allOf) ? current.allOf.filter(isObject) : [];
    const { allOf: _, ...own } = current;
    const whole = parts.reduce<JsonObject>((sum, part) => merge(sum, this.refOnly(part)), own);
    const single = alternatives(whole).length === 1 ? alternatives(whole)[0] : undefined;
    if (!single) return whole;
    const { oneOf: __, anyOf: ___, ...rest } = whole;
    return merge(this.refOnly(single), rest);
  }

  private refOnly(schema: JsonObject): JsonObject {
    if (typeof schema.$ref !== 'string') return schema;
    return this.lookUp(schema.$ref) ?? {};
  }

  private lookUp(reference: string): JsonObject | null {
    if (!reference.startsWith('#')) return null;
    let place: JsonValue = this.root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const key = decodePart(part);
      if (!isObject(place) || !Object.hasOwn(place, key)) return null;
      place = place[key]!;
    }
    return isObject(place) ? place : null;
  }
}

type BaseOf<F extends Field> = Pick<
  F,
  'name' | 'label' | 'description' | 'required' | 'nullable' | 'default'
>;

/** Takes `null` out of `type`, `anyOf` and `oneOf`; most optional Python arguments look so. */
function withoutNull(schema: JsonObject): { schema: JsonObject; nullable: boolean } {
  if (Array.isArray(schema.type) && schema.type.includes('null')) {
    const types = schema.type.filter((type: JsonValue) => type !== 'null');
    return { schema: { ...schema, type: types.length === 1 ? types[0]! : types }, nullable: true };
  }
  for (const key of ['anyOf', 'oneOf'] as const) {
    const options = schema[key];
    if (!Array.isArray(options)) continue;
    const rest = options.filter((option: JsonValue) => !isObject(option) || option.type !== 'null');
    if (rest.length === options.length) continue;
    const [only] = rest;
    const { [key]: _, ...beside } = schema;
    if (rest.length === 1 && isObject(only)) return { schema: merge(only, beside), nullable: true };
    return { schema: { ...beside, [key]: rest }, nullable: true };
  }
  return { schema, nullable: false };
}

function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged = { ...base, ...over };
  if (isObject(base.properties) && isObject(over.properties)) {
    merged.properties = { ...base.properties, ...over.properties };
  }
  if (Array.isArray(base.required) && Array.isArray(over.required)) {
    merged.required = [...base.required, ...over.required];
  }
  return merged;
}

function alternatives(schema: JsonObject): JsonObject[] {
  const given = schema.oneOf ?? schema.anyOf;
  return Array.isArray(given) ? given.filter(isObject) : [];
}

function typesOf(schema: JsonObject): string[] {
  if (typeof schema.type === 'string') return [schema.type];
  if (Array.isArray(schema.type)) return schema.type.filter((type) => typeof type === 'string');
  if (isObject(schema.properties)) return ['object'];
  return schema.items === undefined ? [] : ['array'];
}

/** Shapes without a title are told apart by their constant members, else by their type. */
function variantLabel(schema: JsonObject): string {
  if (text(schema.title)) return text(schema.title);
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const constants = properties.flatMap(([name, property]) =>
    isObject(property) && property.const !== undefined
      ? [`${name}: ${labelOf(property.const)}`]
      : [],
  );
  return constants.join(', ') || typesOf(schema).join(' or ');
}

function labelOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
function decodePart(part: string): string {
  const unescaped = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
