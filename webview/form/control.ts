/** The parts that every field of the form is made of. */
import type { Field } from '../../src/core/schema/field.js';
import type { JsonValue } from '../../src/core/schema/json.js';
import type { Problem } from '../../src/core/schema/validate.js';
import { element } from '../dom.js';
import type { Propose } from './proposals.js';

/** A field on the page. */
export interface Control {
  readonly element: HTMLElement;
  /** Undefined when nothing is given. What cannot be read is in `unreadable`. */
  read(): JsonValue | undefined;
  /** Text that is no number or no JSON, with its path below this control. */
  unreadable(): Problem[];
  /** Shows the problems of this control and of those in it; an empty list clears them. */
  show(problems: readonly Problem[]): void;
}

export interface Surroundings {
  /** Makes the control of a field; here because fields contain fields. */
  readonly create: (field: Field, value: JsonValue | undefined) => Control;
  /** Something was typed or chosen. */
  readonly changed: () => void;
  /** Asks the server for values of an argument, where it has any to propose. */
  readonly propose?: Propose | undefined;
}

let lastId = 0;
/** Ids tie labels, descriptions and messages to their inputs. */
export function nextId(): string {
  return `field-${++lastId}`;
}

export interface Frame {
  readonly element: HTMLElement;
  readonly setMessage: (message: string) => void;
}

/** Label, description and message around one input. */
export function frameInput(field: Field, input: HTMLElement, id: string): Frame {
  input.id = id;
  const notes = describe(field);
  const description = notes && element('p', { class: 'description', id: `${id}-notes` }, notes);
  const message = element('p', { class: 'message', id: `${id}-message`, role: 'alert' });
  message.hidden = true;
  const setMessage = (text: string) => {
    message.textContent = text;
    message.hidden = text === '';
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    const described = [notes ? `${id}-notes` : '', text ? `${id}-message` : ''].filter(Boolean);
    if (described.length) input.setAttribute('aria-describedby', described.join(' '));
    else input.removeAttribute('aria-describedby');
  };
  setMessage('');
  if (field.required) input.setAttribute('aria-required', 'true');
  if (!field.label) input.setAttribute('aria-label', field.name || 'Value');
  const framed = element(
    'div',
    { class: `field field-${field.kind}` },
    field.label ? labelOf(field, id) : null,
    input,
    message,
    description,
  );
  return { element: framed, setMessage };
}

export function labelOf(field: Field, id: string): HTMLElement {
  return element(
    'label',
    { for: id, class: 'label' },
    field.label,
    field.label === field.name || !field.name ? null : element('code', {}, field.name),
    field.required
      ? element('span', { class: 'required', title: 'Required', 'aria-hidden': 'true' }, '*')
      : null,
  );
}

/** The description and what a value has to keep to. */
function describe(field: Field): string {
  const limits: string[] = [];
  if (field.kind === 'number') {
    if (field.minimum !== undefined && field.maximum !== undefined) {
      limits.push(`${field.minimum} to ${field.maximum}`);
    } else if (field.minimum !== undefined) limits.push(`at least ${field.minimum}`);
    else if (field.maximum !== undefined) limits.push(`at most ${field.maximum}`);
  }
  if (field.kind === 'text' && field.pattern) limits.push(`pattern ${field.pattern}`);
  const said = field.description.trim();
  return limits.length ? `${said}${said ? ' ' : ''}(${limits.join(', ')})` : said;
}

/** The first problem of a control itself, not of one inside it. */
export function ownMessage(problems: readonly Problem[]): string {
  return problems.find(({ path }) => path.length === 0)?.message ?? '';
}

/** The problems below one member, told from there. */
export function problemsBelow(problems: readonly Problem[], key: string | number): Problem[] {
  return problems
    .filter(({ path }) => path[0] === key)
    .map(({ path, message }) => ({ path: path.slice(1), message }));
}

export function problemsAt(problems: readonly Problem[], key: string | number): Problem[] {
  return problems.map(({ path, message }) => ({ path: [key, ...path], message }));
}
