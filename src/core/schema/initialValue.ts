import type { Field } from './field.js';
import { type JsonValue, objectOf } from './json.js';

/**
 * What a form starts with: defaults, and the skeleton of what is required. Undefined where the
 * user has to choose.
 */
export function initialValue(field: Field): JsonValue | undefined {
  if (field.default !== undefined) return field.default;
  if (field.kind === 'object' && field.required) {
    return objectOf(
      field.fields.flatMap((member) => {
        const value = initialValue(member);
        return value === undefined ? [] : [[member.name, value] as const];
      }),
    );
  }
  if (!field.required) return undefined;
  if (field.kind === 'choice' && field.options.length === 1) return field.options[0]?.value;
  if (field.kind === 'boolean') return false;
  if (field.kind === 'list') {
    const first = initialValue(field.element);
    return first === undefined ? [] : Array.from({ length: field.minItems }, () => first);
  }
  return undefined;
}
