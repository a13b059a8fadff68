import type { Field } from '../../src/core/schema/field.js';
import { isObject, type JsonValue } from '../../src/core/schema/json.js';
import type { Control, Surroundings } from './control.js';
import { listControl, objectControl, variantsControl } from './nestedControls.js';
import type { Propose } from './proposals.js';
import {
  booleanControl,
  choiceControl,
  jsonControl,
  numberControl,
  textControl,
} from './simpleControls.js';

/** The control of a field. A value that the control cannot show is shown as JSON instead. */
export function createControl(
  field: Field,
  value: JsonValue | undefined,
  changed: () => void,
  propose?: Propose,
): Control {
  const surroundings: Surroundings = {
    create: (inner, innerValue) => createControl(inner, innerValue, changed, propose),
    changed,
    propose,
  };
  if (!fits(field, value)) {
    return jsonControl({ ...field, kind: 'json', types: [] }, value, surroundings);
  }
  switch (field.kind) {
    case 'text':
      return textControl(field, value, surroundings);
    case 'number':
      return numberControl(field, value, surroundings);
    case 'boolean':
      return booleanControl(field, value, surroundings);
    case 'choice':
      return choiceControl(field, value, surroundings);
    case 'object':
      return objectControl(field, value, surroundings);
    case 'list':
      return listControl(field, value, surroundings);
    case 'variants':
      return variantsControl(field, value, surroundings);
    case 'json':
      return jsonControl(field, value, surroundings);
  }
}

function fits(field: Field, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (field.kind === 'text') return typeof value === 'string';
  if (field.kind === 'number') return typeof value === 'number';
  if (field.kind === 'boolean') return typeof value === 'boolean';
  if (field.kind === 'object') return isObject(value);
  return field.kind !== 'list' || Array.isArray(value);
}
