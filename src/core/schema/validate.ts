import type {
  Field,
  ListField,
  NumberField,
  ObjectField,
  TextField,
  VariantsField,
} from './field.js';
import { isObject, type JsonValue, sameJson, typeOf } from './json.js';

/** Where a value is wrong: keys and indexes from the root of the arguments. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = Problem['path'];

/** Every way in which `value` does not fit; undefined stands for "not given". */
export function validate(field: Field, value: JsonValue | undefined, path: Path = []): Problem[] {
  const problem = (message: string): Problem[] => [{ path, message }];
  if (value === undefined) return field.required ? problem('A value is needed') : [];
  if (value === null && field.nullable) return [];
  switch (field.kind) {
    case 'text':
      return typeof value === 'string'
        ? checkText(field, value).flatMap(problem)
        : problem('Text is needed');
    case 'number':
      return typeof value === 'number'
        ? checkNumber(field, value).flatMap(problem)
        : problem('A number is needed');
    case 'boolean':
      return typeof value === 'boolean' ? [] : problem('True or false is needed');
    case 'choice':
      return field.options.some((option) => sameJson(option.value, value))
        ? []
        : problem(`Use one of: ${field.options.map(({ label }) => label).join(', ')}`);
    case 'object':
      return isObject(value) ? checkMembers(field, value, path) : problem('An object is needed');
    case 'list':
      return Array.isArray(value) ? checkElements(field, value, path) : problem('A list is needed');
    case 'variants':
      return checkVariants(field, value, path);
    case 'json':
      return field.types.length === 0 || field.types.some((type) => fitsType(value, type))
        ? []
        : problem(`A value of type ${field.types.join(' or ')} is needed`);
  }
}

function checkText(field: TextField, value: string): string[] {
  const length = [...value].length;
  if (field.minLength !== undefined && length < field.minLength) {
    return [`At least ${plural(field.minLength, 'character')}`];
  }
  if (field.maxLength !== undefined && length > field.maxLength) {
    return [`At most ${plural(field.maxLength, 'character')}`];
  }
  const format = Object.hasOwn(formats, field.format) ? formats[field.format] : undefined;
  return format && !format.pattern.test(value) ? [format.message] : [];
}

/** Linear patterns of our own; anything that they do not know is left to the server. */
const formats: Record<string, { pattern: RegExp; message: string }> = {
  email: { pattern: /^[^\s@]+@[^\s@]+$/, message: 'An e-mail address is needed' },
  uri: { pattern: /^[a-z][a-z\d+.-]*:\S+$/i, message: 'A URI with its scheme is needed' },
  url: { pattern: /^[a-z][a-z\d+.-]*:\S+$/i, message: 'A URL with its scheme is needed' },
  date: { pattern: /^\d{4}-\d\d-\d\d$/, message: 'A date is needed: YYYY-MM-DD' },
  'date-time': {
    pattern: /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/,
    message: 'A date and time is needed: 2026-01-31T12:00:00Z',
  },
  uuid: {
    pattern: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
    message: 'A UUID is needed',
  },
};

function checkNumber(field: NumberField, value: number): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = field;
  if (field.integer && !Number.isInteger(value)) return ['A whole number is needed'];
  if (minimum !== undefined && value < minimum) return [`At least ${minimum}`];
  if (maximum !== undefined && value > maximum) return [`At most ${maximum}`];
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return [`More than ${exclusiveMinimum}`];
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return [`Less than ${exclusiveMaximum}`];
  }
  if (multipleOf !== undefined && multipleOf > 0) {
    const times = value / multipleOf;
    if (Math.abs(times - Math.round(times)) > 1e-9) return [`A multiple of ${multipleOf}`];
  }
  return [];
}

function checkMembers(
  field: ObjectField,
  value: { readonly [key: string]: JsonValue },
  path: Path,
) {
  return field.fields.flatMap((member) =>
    validate(member, Object.hasOwn(value, member.name) ? value[member.name] : undefined, [
      ...path,
      member.name,
    ]),
  );
}

function checkElements(field: ListField, value: readonly JsonValue[], path: Path): Problem[] {
  const size =
    value.length < field.minItems
      ? [`At least ${plural(field.minItems, 'element')}`]
      : value.length > field.maxItems
        ? [`At most ${plural(field.maxItems, 'element')}`]
        : [];
  return [
    ...size.map((message) => ({ path, message })),
    ...value.flatMap((element, index) => validate(field.element, element, [...path, index])),
  ];
}

/** The problems of the shape that comes nearest: one of the right kind before all others. */
function checkVariants(field: VariantsField, value: JsonValue, path: Path): Problem[] {
  const distance = (problems: readonly Problem[]) =>
    problems.length + (problems.some((each) => each.path.length === path.length) ? 1000 : 0);
  const tried = field.variants.map((variant) => validate(variant.field, value, path));
  return tried.toSorted((a, b) => distance(a) - distance(b))[0] ?? [];
}

/** The variant that a value was written for; 0 when it fits none. */
export function variantOf(field: VariantsField, value: JsonValue): number {
  const fitting = field.variants.findIndex(
    (variant) => validate(variant.field, value).length === 0,
  );
  return Math.max(0, fitting);
}

function fitsType(value: JsonValue, type: string): boolean {
  const actual = typeOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
