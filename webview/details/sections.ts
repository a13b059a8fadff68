/** The pieces that details are built from: a headed section, a table, a block of text. */
import type { ViewContext } from '../context.js';
import { button } from '../controls.js';
import { element } from '../dom.js';
import { run } from '../hostActions.js';

export interface SectionAction {
  readonly label: string;
  readonly icon: string;
  readonly run: () => void;
}

export function section(
  title: string,
  content: readonly (Node | null)[],
  options: { readonly actions?: readonly SectionAction[]; readonly tag?: string } = {},
): HTMLElement {
  const head = element(
    'div',
    { class: 'section-head' },
    element('h3', {}, title),
    options.tag ? element('span', { class: 'section-tag' }, options.tag) : null,
  );
  for (const action of options.actions ?? []) {
    head.append(
      button({
        label: action.label,
        icon: action.icon,
        iconOnly: true,
        className: 'section-action',
        onPress: action.run,
      }),
    );
  }
  return element('section', { class: 'section' }, head, ...content);
}

/** Text in the editor's font. Very long text is cut; the rest opens in an editor. */
export function textBlock(context: ViewContext, text: string, title: string): HTMLElement {
  const most = 20_000;
  const first = 2_000;
  const block = element('pre', { class: 'text-block', tabindex: 0 });
  if (text.length <= first) {
    block.textContent = text;
    return block;
  }
  block.textContent = `${text.slice(0, first)}…`;
  const more = element('div', { class: 'text-more' });
  more.append(
    button({
      label: `Show ${text.length > most ? 'more' : 'all'}`,
      onPress: () => {
        block.textContent = text.length > most ? `${text.slice(0, most)}…` : text;
        more.firstElementChild?.remove();
        block.focus();
      },
    }),
    openInEditor(context, title, text),
  );
  return element('div', {}, block, more);
}

export function openInEditor(
  context: ViewContext,
  title: string,
  text: string,
  language = 'plaintext',
) {
  return button({
    label: 'Open in an editor',
    onPress: () => {
      run(context, 'text/open', { title, text, language });
    },
  });
}

/** What to say where there is nothing to show. */
export function hint(text: string): HTMLElement {
  return element('p', { class: 'hint' }, text);
}

export function link(text: string, title: string, onPress: () => void): HTMLElement {
  // An anchor and not a button: long places wrap inside a line.
  const made = element('a', { href: '#', role: 'button', class: 'link', title }, text);
  made.addEventListener('click', (event) => {
    event.preventDefault();
    onPress();
  });
  made.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    onPress();
  });
  return made;
}

export interface TableRow {
  readonly key: string;
  readonly title?: string;
  readonly value: Node | string;
  readonly copy?: string;
}

/** Keys and values, each value copied by its button. */
export function table(context: ViewContext, label: string, rows: readonly TableRow[]): HTMLElement {
  const body = element('tbody', {});
  for (const row of rows) {
    const copied = row.copy;
    const cell = element('td', {}, element('span', { class: 'value' }, row.value));
    if (copied !== undefined) {
      cell.append(
        button({
          label: `Copy ${row.key}`,
          icon: 'copy',
          iconOnly: true,
          className: 'row-action',
          onPress: () => context.copy(copied, row.key),
        }),
      );
    }
    body.append(
      element('tr', {}, element('th', { scope: 'row', title: row.title }, row.key), cell),
    );
  }
  return element('table', { class: 'pairs', 'aria-label': label }, body);
}
