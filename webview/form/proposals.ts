/** What the server proposes for a text (`completion/complete`), in a list under its field. */
import { element, setAttribute, setHidden } from '../dom.js';
import { nextId } from './control.js';

/** Answers the proposals for what is written so far. */
export type Propose = (argument: string, value: string) => Promise<readonly string[]>;

/** A pause in typing after which it is asked, ms. */
const settleMs = 150;

/** The field becomes a combobox: typing, a click or ↓ asks, Enter takes, Esc closes. */
export function proposalsFor(
  input: HTMLTextAreaElement,
  propose: (value: string) => Promise<readonly string[]>,
): HTMLElement {
  const id = nextId();
  const list = element('div', { class: 'proposals', role: 'listbox', id, hidden: true });
  let values: readonly string[] = [];
  let at = -1;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  list.setAttribute('aria-label', 'What the server proposes');
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-autocomplete', 'list'],
    ['aria-controls', id],
  ] as const) {
    setAttribute(input, name, value);
  }
  const mark = () => {
    for (const [index, option] of [...list.children].entries()) {
      setAttribute(option, 'aria-selected', String(index === at));
      if (index === at) option.scrollIntoView({ block: 'nearest' });
    }
    setAttribute(input, 'aria-expanded', String(values.length > 0));
    setAttribute(input, 'aria-activedescendant', at >= 0 ? `${id}-${at}` : null);
  };
  const show = (next: readonly string[]) => {
    values = next;
    at = -1;
    list.replaceChildren(
      ...values.map((value, index) =>
        element('div', { role: 'option', id: `${id}-${index}`, 'data-at': index }, value),
      ),
    );
    setHidden(list, values.length === 0);
    mark();
  };
  const close = () => {
    clearTimeout(timer);
    asked++;
    show([]);
  };
  const ask = async () => {
    const question = ++asked;
    const found = await propose(input.value);
    // An answer to what was written before says nothing of what is written now.
    if (question !== asked || document.activeElement !== input) return;
    show(found.filter((value) => value !== input.value));
  };
  const take = (value: string | undefined) => {
    if (value === undefined) return;
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    close();
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), settleMs);
  });
  input.addEventListener('click', () => void ask());
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const { key } = event;
    if (key === 'ArrowDown' && values.length === 0 && !input.value.includes('\n')) void ask();
    else if (values.length === 0) return;
    else if (key === 'ArrowDown') at = (at + 1) % values.length;
    else if (key === 'ArrowUp') at = (at <= 0 ? values.length : at) - 1;
    else if (key === 'Enter' && at >= 0 && !event.ctrlKey && !event.metaKey) take(values[at]);
    else if (key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    mark();
  });
  // The field keeps the focus while a proposal is pressed.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = (event.target as Element).closest<HTMLElement>('[role=option]');
    take(values[Number(option?.dataset.at)]);
  });
  mark();
  return list;
}
