/** The arguments of a call, as a form or as JSON; the two are views of the same value. */
import type { Field, ObjectField } from '../../src/core/schema/field.js';
import { initialValue } from '../../src/core/schema/initialValue.js';
import { isObject, type JsonObject, type JsonValue } from '../../src/core/schema/json.js';
import { parseJsonText } from '../../src/core/schema/parseInput.js';
import { readSchema } from '../../src/core/schema/readSchema.js';
import { type Problem, validate } from '../../src/core/schema/validate.js';
import { element } from '../dom.js';
import type { Control } from './control.js';
import { createControl } from './createControl.js';
import { membersControl } from './nestedControls.js';
import type { Propose } from './proposals.js';

export type Mode = 'form' | 'json';

export interface Checked {
  /** Null when the text is no JSON object and cannot be sent at all. */
  readonly arguments: JsonObject | null;
  readonly problems: readonly Problem[];
}

export class ArgumentsEditor {
  readonly element = element('div', { class: 'arguments' });
  private readonly field: Field;
  private control: Control | null = null;
  private text: HTMLTextAreaElement | null = null;
  private readonly note = element('p', { class: 'message', role: 'alert' });
  private checked = false;
  mode: Mode = 'form';

  constructor(
    schema: unknown,
    start: JsonValue | undefined,
    private readonly changed: () => void,
    private readonly propose?: Propose,
  ) {
    this.field = readSchema(schema);
    this.showForm(start ?? initialValue(this.field) ?? {});
  }

  /** Back to what the schema proposes. */
  reset(): void {
    const value = initialValue(this.field) ?? {};
    this.checked = false;
    if (this.mode === 'form') this.showForm(value);
    else this.showJson(value);
  }

  /** What is no JSON (any more) can only be mended as text. */
  showText(text: string): void {
    this.showJson({});
    if (this.text) this.text.value = text;
  }

  /** Stays where it is (and says why) when the JSON cannot be read. */
  switchTo(mode: Mode): boolean {
    if (mode === this.mode) return true;
    if (mode === 'json') {
      this.showJson(this.control?.read() ?? {});
      return true;
    }
    const parsed = parseJsonText(this.text?.value ?? '');
    if ('problem' in parsed) {
      this.fail(parsed.problem, parsed.offset);
      return false;
    }
    this.showForm(parsed.value ?? {});
    return true;
  }

  /** For remembering: as far as it can be read now. */
  get current(): string {
    if (this.mode === 'json') return this.text?.value ?? '';
    return JSON.stringify(this.control?.read() ?? {});
  }

  /** Shows every problem beside its field and moves the focus to the first. */
  check(): Checked {
    this.checked = true;
    return this.mode === 'json' ? this.checkJson() : this.checkForm();
  }

  focusFirst(): void {
    this.element.querySelector<HTMLElement>('textarea, input, select')?.focus();
  }

  focusFirstProblem(): void {
    this.element.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  private checkForm(): Checked {
    const value = this.control?.read();
    const unreadable = this.control?.unreadable() ?? [];
    const silent = new Set(unreadable.map(({ path }) => path.join('\u0000')));
    const problems = [
      ...unreadable,
      // Text that is no number is not also a missing number.
      ...validate(this.field, value).filter(({ path }) => !silent.has(path.join('\u0000'))),
    ];
    this.control?.show(problems);
    return { arguments: isObject(value) ? value : null, problems };
  }

  private checkJson(): Checked {
    const parsed = parseJsonText(this.text?.value ?? '');
    if ('problem' in parsed) {
      this.fail(parsed.problem, parsed.offset);
      return { arguments: null, problems: [{ path: [], message: parsed.problem }] };
    }
    const value = parsed.value ?? {};
    if (!isObject(value)) {
      const message = 'Arguments are one JSON object';
      this.fail(message);
      return { arguments: null, problems: [{ path: [], message }] };
    }
    const problems = validate(this.field, value);
    this.note.textContent = problems
      .map(({ path, message }) => (path.length ? `${path.join('.')}: ${message}` : message))
      .join('\n');
    this.text?.toggleAttribute('aria-invalid', false);
    return { arguments: value, problems };
  }

  private showForm(value: JsonValue): void {
    this.mode = 'form';
    this.text = null;
    const changed = () => this.edited();
    this.control =
      this.field.kind === 'object'
        ? membersControl(this.field as ObjectField, value, {
            create: (field, inner) => createControl(field, inner, changed, this.propose),
            changed,
          })
        : createControl({ ...this.field, label: 'Arguments' }, value, changed);
    const empty = this.field.kind === 'object' && this.field.fields.length === 0;
    this.element.replaceChildren(
      empty ? element('p', { class: 'quiet' }, 'No arguments are needed.') : this.control.element,
    );
  }

  private showJson(value: JsonValue): void {
    this.mode = 'json';
    this.control = null;
    this.text = element('textarea', {
      class: 'code raw',
      rows: 6,
      spellcheck: 'false',
      'aria-label': 'Arguments as JSON',
    });
    this.text.value = JSON.stringify(value, null, 2);
    this.text.addEventListener('input', () => this.edited());
    this.note.textContent = '';
    this.element.replaceChildren(this.text, this.note);
  }

  private edited(): void {
    if (this.checked) this.check();
    this.changed();
  }

  private fail(message: string, offset?: number): void {
    this.note.textContent = message;
    this.text?.setAttribute('aria-invalid', 'true');
    if (offset !== undefined && document.activeElement !== this.text) {
      this.text?.focus();
      this.text?.setSelectionRange(offset, offset);
    }
  }
}
