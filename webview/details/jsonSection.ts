/** A section that shows JSON text: tree, search in it, raw text, copy, an editor of its own. */

import { formatBytes } from '../../src/core/view/durations.js';
import { parseJson, printJson } from '../../src/core/view/jsonTree.js';
import type { ViewContext } from '../context.js';
import { element, setText } from '../dom.js';
import { JsonView } from './jsonView.js';
import { hint, openInEditor, type SectionAction, section, textBlock } from './sections.js';

/** A document past this is not parsed for a tree: it opens in an editor. */
const mostParsed = 4_000_000;

export interface JsonSectionOptions {
  readonly tag?: string;
  readonly actions?: readonly SectionAction[];
  /** Shown instead of the plain tree, e.g. the content blocks of a result. */
  readonly friendly?: (value: unknown) => Node | null;
}

export function jsonSection(
  context: ViewContext,
  title: string,
  text: string,
  options: JsonSectionOptions = {},
): HTMLElement {
  const body = element('div', { class: 'json-section' });
  let raw = false;
  let view: JsonView | null = null;
  const parsed = text.length <= mostParsed ? parseJson(text) : { problem: '' };
  const render = () => {
    view = null;
    if (text.length > mostParsed) {
      body.replaceChildren(
        hint(`${formatBytes(text.length)}: too much for a tree.`),
        openInEditor(context, title, text, 'json'),
      );
    } else if (raw || 'problem' in parsed) {
      const why = 'problem' in parsed ? hint(`Not JSON: ${parsed.problem}`) : '';
      body.replaceChildren(why, textBlock(context, text, title));
    } else {
      const friendly = options.friendly?.(parsed.value) ?? null;
      if (!friendly) view = new JsonView(context, parsed.value, title);
      body.replaceChildren(friendly ?? (view as JsonView | null)?.root ?? '');
    }
  };
  render();
  const find = element('div', { class: 'json-find', hidden: true });
  const actions: SectionAction[] = [
    {
      label: `Search in ${title.toLowerCase()}`,
      icon: 'search',
      run: () => {
        raw = false;
        if (!view && !('problem' in parsed)) {
          view = new JsonView(context, parsed.value, title);
          body.replaceChildren(view.root);
        }
        showFind(find, (needle) => view?.search(needle) ?? 0);
      },
    },
    {
      label: `Raw ${title.toLowerCase()}`,
      icon: 'code',
      run: () => {
        raw = !raw;
        render();
      },
    },
    {
      label: `Copy ${title.toLowerCase()}`,
      icon: 'copy',
      run: () =>
        context.copy(
          'problem' in parsed || raw ? text : printJson(parsed.value),
          title.toLowerCase(),
        ),
    },
    ...(options.actions ?? []),
  ];
  return section(title, [find, body], {
    actions,
    ...(options.tag === undefined ? {} : { tag: options.tag }),
  });
}

function showFind(place: HTMLElement, search: (needle: string) => number): void {
  const known = place.querySelector('input');
  if (known) {
    known.select();
    return;
  }
  const input = element('input', { type: 'text', 'aria-label': 'Search in this document' });
  const count = element('span', { class: 'hint', role: 'status' });
  input.addEventListener('input', () => {
    const found = search(input.value);
    setText(count, input.value ? `${found} found` : '');
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    search('');
    place.replaceChildren();
    place.hidden = true;
  });
  place.replaceChildren(input, count);
  place.hidden = false;
  input.focus();
}
