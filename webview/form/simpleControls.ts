/** Fields with one input: text, number, true or false, a choice, JSON. */
import type {
  BooleanField,
  ChoiceField,
  Field,
  JsonField,
  NumberField,
  TextField,
} from '../../src/core/schema/field.js';
import { type JsonValue, sameJson } from '../../src/core/schema/json.js';
import { type Parsed, parseJsonText, parseNumber } from '../../src/core/schema/parseInput.js';
import { element } from '../dom.js';
import { type Control, frameInput, nextId, ownMessage, type Surroundings } from './control.js';
import { proposalsFor } from './proposals.js';

export function textControl(
  field: TextField,
  value: JsonValue | undefined,
  { changed, propose }: Surroundings,
): Control {
  const input = element('textarea', { rows: 1, spellcheck: 'false', autocomplete: 'off' });
  input.value = typeof value === 'string' ? value : '';
  if (field.format) input.placeholder = field.format;
  input.addEventListener('input', changed);
  const frame = frameInput(field, input, nextId());
  if (propose) input.after(proposalsFor(input, (text) => propose(field.name, text)));
  return {
    element: frame.element,
    // An optional text that is empty is left out; write "" in the JSON view to send it.
    read: () => (input.value === '' ? emptyText(field) : input.value),
    unreadable: () => [],
    show: (problems) => frame.setMessage(ownMessage(problems)),
  };
}

function emptyText(field: TextField): JsonValue | undefined {
  if (!field.required) return undefined;
  if (field.nullable) return null;
  return (field.minLength ?? 0) === 0 && field.name === '' ? '' : undefined;
}

export function numberControl(
  field: NumberField,
  value: JsonValue | undefined,
  { changed }: Surroundings,
): Control {
  const input = element('input', {
    type: 'text',
    inputmode: field.integer ? 'numeric' : 'decimal',
    autocomplete: 'off',
  });
  input.value = typeof value === 'number' ? String(value) : '';
  input.addEventListener('input', changed);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const parsed = parseNumber(input.value);
    if (!('value' in parsed)) return;
    const step = field.multipleOf ?? 1;
    const current = typeof parsed.value === 'number' ? parsed.value : 0;
    const next = current + (event.key === 'ArrowUp' ? step : -step);
    input.value = String(Number(next.toPrecision(15)));
    event.preventDefault();
    changed();
  });
  return parsedControl(field, input, () => parseNumber(input.value));
}

export function jsonControl(
  field: JsonField,
  value: JsonValue | undefined,
  { changed }: Surroundings,
): Control {
  const input = element('textarea', { rows: 2, spellcheck: 'false', class: 'code' });
  input.value = value === undefined ? '' : JSON.stringify(value, null, 2);
  input.placeholder = field.types.includes('object') ? '{ }' : 'JSON';
  input.addEventListener('input', changed);
  return parsedControl(field, input, () => parseJsonText(input.value));
}

function parsedControl(field: Field, input: HTMLElement, parse: () => Parsed): Control {
  const frame = frameInput(field, input, nextId());
  return {
    element: frame.element,
    read: () => {
      const parsed = parse();
      if (!('value' in parsed)) return undefined;
      return parsed.value ?? (field.required && field.nullable ? null : undefined);
    },
    unreadable: () => {
      const parsed = parse();
      return 'problem' in parsed ? [{ path: [], message: parsed.problem }] : [];
    },
    show: (problems) => frame.setMessage(ownMessage(problems)),
  };
}

/** A checkbox where there are two states, a list where "not given" is a third. */
export function booleanControl(
  field: BooleanField,
  value: JsonValue | undefined,
  surroundings: Surroundings,
): Control {
  if (!field.required && field.default === undefined) {
    const options = [true, false].map((each) => ({ label: String(each), value: each }));
    return choiceControl({ ...field, kind: 'choice', options }, value, surroundings);
  }
  const input = element('input', { type: 'checkbox' });
  input.checked = value === true;
  input.addEventListener('change', surroundings.changed);
  const frame = frameInput(field, input, nextId());
  return {
    element: frame.element,
    read: () => input.checked,
    unreadable: () => [],
    show: (problems) => frame.setMessage(ownMessage(problems)),
  };
}

export function choiceControl(
  field: ChoiceField,
  value: JsonValue | undefined,
  { changed }: Surroundings,
): Control {
  const input = element('select', {});
  const chosen = field.options.findIndex(
    (option) => value !== undefined && sameJson(option.value, value),
  );
  const blank = field.required ? 'Choose…' : 'Not set';
  if (!field.required || chosen < 0) input.append(element('option', { value: '' }, blank));
  for (const [index, { label }] of field.options.entries()) {
    input.append(element('option', { value: index }, label));
  }
  input.value = chosen < 0 ? '' : String(chosen);
  input.addEventListener('change', changed);
  const frame = frameInput(field, input, nextId());
  return {
    element: frame.element,
    read: () => {
      if (input.value !== '') return field.options[Number(input.value)]?.value;
      return field.required && field.nullable ? null : undefined;
    },
    unreadable: () => [],
    show: (problems) => frame.setMessage(ownMessage(problems)),
  };
}
