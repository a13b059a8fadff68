/** Fields that hold fields: objects, lists, alternatives. */
import type { Field, ListField, ObjectField, VariantsField } from '../../src/core/schema/field.js';
import { initialValue } from '../../src/core/schema/initialValue.js';
import { isObject, type JsonValue, objectOf } from '../../src/core/schema/json.js';
import { variantOf } from '../../src/core/schema/validate.js';
import { element, icon } from '../dom.js';
import {
  type Control,
  frameInput,
  nextId,
  ownMessage,
  problemsAt,
  problemsBelow,
  type Surroundings,
} from './control.js';

/** Members that no field stands for (typed in the JSON view) are kept and sent along. */
export function membersControl(
  field: ObjectField,
  value: JsonValue | undefined,
  { create }: Surroundings,
): Control {
  const given = isObject(value) ? value : {};
  const known = new Set(field.fields.map(({ name }) => name));
  const extra = Object.entries(given).filter(([name]) => !known.has(name));
  const members = field.fields.map((member) => ({
    name: member.name,
    control: create(member, Object.hasOwn(given, member.name) ? given[member.name] : undefined),
  }));
  const box = element(
    'div',
    { class: 'members' },
    ...members.map(({ control }) => control.element),
  );
  return {
    element: box,
    read: () =>
      objectOf([
        ...members.flatMap(({ name, control }) => {
          const read = control.read();
          return read === undefined ? [] : [[name, read] as const];
        }),
        ...extra,
      ]),
    unreadable: () =>
      members.flatMap(({ name, control }) => problemsAt(control.unreadable(), name)),
    show: (problems) => {
      for (const { name, control } of members) control.show(problemsBelow(problems, name));
    },
  };
}

/** An object inside the form; an optional one is added by hand. */
export function objectControl(
  field: ObjectField,
  value: JsonValue | undefined,
  surroundings: Surroundings,
): Control {
  const legend = element('legend', {}, field.label || 'Object');
  const message = element('p', { class: 'message', role: 'alert' });
  const box = element('fieldset', {}, legend, notesOf(field));
  let inner: Control | null = null;
  const set = (next: JsonValue | undefined) => {
    inner?.element.remove();
    inner = next === undefined ? null : membersControl(field, next, surroundings);
    if (inner) box.append(inner.element);
    box.classList.toggle('empty', inner === null);
    toggle?.replaceChildren(icon(inner ? 'close' : 'add'), inner ? 'Remove' : 'Add');
  };
  const toggle = field.required
    ? null
    : smallButton('Add', () => {
        set(inner ? undefined : (initialValue({ ...field, required: true }) ?? {}));
        surroundings.changed();
      });
  toggle?.setAttribute('aria-label', `Add or remove ${field.label}`);
  if (toggle) legend.append(toggle);
  if (field.required) {
    legend.append(element('span', { class: 'required', 'aria-hidden': 'true' }, '*'));
  }
  box.append(message);
  set(value ?? (field.required ? (initialValue(field) ?? {}) : undefined));
  return {
    element: box,
    read: () => inner?.read(),
    unreadable: () => inner?.unreadable() ?? [],
    show: (problems) => {
      message.textContent = ownMessage(problems);
      inner?.show(problems);
    },
  };
}

export function listControl(
  field: ListField,
  value: JsonValue | undefined,
  surroundings: Surroundings,
): Control {
  const rows: { control: Control; row: HTMLElement }[] = [];
  const body = element('div', { class: 'elements' });
  const message = element('p', { class: 'message', role: 'alert' });
  const label = field.label || 'List';
  const add = (element_: JsonValue | undefined) => {
    const control = surroundings.create(field.element, element_);
    const row = element('div', { class: 'list-row' }, control.element);
    const entry = { control, row };
    const remove = smallButton('', () => {
      const at = rows.indexOf(entry);
      rows.splice(at, 1);
      row.remove();
      number();
      surroundings.changed();
      (
        rows[Math.min(at, rows.length - 1)]?.row.querySelector<HTMLElement>(focusable) ?? more
      ).focus();
    });
    remove.append(icon('trash'));
    row.append(remove);
    rows.push(entry);
    body.append(row);
    number();
    return entry;
  };
  const number = () => {
    for (const [index, { row }] of rows.entries()) {
      const name = `${label} ${index + 1}`;
      row.querySelector(focusable)?.setAttribute('aria-label', name);
      row.lastElementChild?.setAttribute('aria-label', `Remove ${name}`);
      row.lastElementChild?.setAttribute('title', `Remove ${name}`);
    }
    more.toggleAttribute('disabled', rows.length >= field.maxItems);
  };
  const more = smallButton('Add', () => {
    const entry = add(initialValue(field.element));
    surroundings.changed();
    entry.row.querySelector<HTMLElement>(focusable)?.focus();
  });
  more.prepend(icon('add'));
  more.setAttribute('aria-label', `Add to ${label}`);
  const legend = element(
    'legend',
    {},
    label,
    field.required ? element('span', { class: 'required', 'aria-hidden': 'true' }, '*') : null,
    more,
  );
  const box = element('fieldset', { class: 'list' }, legend, notesOf(field), body, message);
  for (const each of Array.isArray(value) ? value : []) add(each);
  number();
  const read = () => rows.map(({ control }) => control.read() ?? null);
  return {
    element: box,
    read: () => (rows.length === 0 && !field.required ? undefined : read()),
    unreadable: () => rows.flatMap(({ control }, index) => problemsAt(control.unreadable(), index)),
    show: (problems) => {
      message.textContent = ownMessage(problems);
      for (const [index, { control }] of rows.entries()) {
        control.show(problemsBelow(problems, index));
      }
    },
  };
}

const focusable = 'textarea, input, select, button';

export function variantsControl(
  field: VariantsField,
  value: JsonValue | undefined,
  surroundings: Surroundings,
): Control {
  const choice = element('select', {});
  if (!field.required) choice.append(element('option', { value: '' }, 'Not set'));
  for (const [index, { label }] of field.variants.entries()) {
    choice.append(element('option', { value: index }, label));
  }
  const frame = frameInput(field, choice, nextId());
  const body = element('div', { class: 'variant' });
  const box = element('div', { class: 'variants' }, frame.element, body);
  let inner: Control | null = null;
  const set = (index: number | null, next: JsonValue | undefined) => {
    choice.value = index === null ? '' : String(index);
    const variant = index === null ? undefined : field.variants[index]?.field;
    // The chosen shape needs no second label, and is there because it was chosen.
    const bare: Field | undefined = variant && {
      ...variant,
      label: '',
      description: '',
      required: true,
    };
    inner = bare ? surroundings.create(bare, next ?? initialValue(bare)) : null;
    body.replaceChildren(...(inner ? [inner.element] : []));
  };
  choice.addEventListener('change', () => {
    set(choice.value === '' ? null : Number(choice.value), undefined);
    surroundings.changed();
  });
  if (value !== undefined && value !== null) set(variantOf(field, value), value);
  else set(field.required ? 0 : null, undefined);
  return {
    element: box,
    read: () => inner?.read(),
    unreadable: () => inner?.unreadable() ?? [],
    show: (problems) => {
      frame.setMessage(inner ? '' : ownMessage(problems));
      inner?.show(problems);
    },
  };
}

function notesOf(field: Field): HTMLElement | null {
  return field.description ? element('p', { class: 'description' }, field.description) : null;
}

function smallButton(text: string, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'small' }, text);
  made.addEventListener('click', press);
  return made;
}
