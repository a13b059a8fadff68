/** The search field: fields coloured, mistakes underlined, completion and earlier searches. */
import {
  addSearch,
  type Completion,
  type Completions,
  completionsOf,
  type KnownNames,
  readQuery,
} from '../src/core/view/queryWords.js';
import { CompletionList } from './completionList.js';
import type { ViewContext } from './context.js';
import { button } from './controls.js';
import { element, icon, setAttribute, setHidden, setText } from './dom.js';

/** A pause in typing that is long enough to ask. */
const settleMs = 180;

export class SearchBox {
  readonly root: HTMLElement;
  readonly input = element('input', {
    type: 'text',
    class: 'search-input',
    'aria-label': 'Search calls',
    placeholder: 'Search: text, tool:name, status:error, dur>200ms',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-describedby': 'search-error',
  });
  /** The same text below the input, to carry colours and underlines. */
  private readonly paper = element('div', { class: 'search-paper', 'aria-hidden': 'true' });
  private readonly problem = element('div', {
    id: 'search-error',
    class: 'search-error',
    role: 'status',
    hidden: true,
  });
  private readonly clear: HTMLElement;
  private readonly list: CompletionList;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was typed and taken, be it a query or a mistake. */
  private applied: string;
  /** The query of the state when it was last looked at. */
  private seen: string;
  private completions: Completions = { from: 0, to: 0, options: [] };
  private known: KnownNames = { tool: [], server: [] };

  constructor(private readonly context: ViewContext) {
    this.clear = button({
      label: 'Clear the search',
      icon: 'close',
      iconOnly: true,
      onPress: () => this.set(''),
    });
    this.list = new CompletionList(this.input, (option) => this.insert(option));
    this.root = element(
      'div',
      { class: 'search', role: 'search' },
      icon('search', 'search-icon'),
      element('div', { class: 'search-field' }, this.paper, this.input),
      this.clear,
      this.problem,
      this.list.root,
    );
    this.applied = context.state.spec.query;
    this.seen = this.applied;
    this.input.value = this.applied;
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('scroll', () => this.followScroll());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('focus', () => this.learnNames());
    this.input.addEventListener('blur', () => {
      this.list.close();
      this.remember();
    });
  }

  /** Another part chose a search. */
  set(query: string): void {
    this.input.value = query;
    this.apply();
    this.remember();
  }

  paint(): void {
    const { query } = this.context.state.spec;
    // The query was changed elsewhere, e.g. by a click on a statistic; a mistake that is being
    // mended is no query yet, and stays.
    if (query !== this.seen && query !== this.applied) {
      this.applied = query;
      this.input.value = query;
    }
    this.seen = query;
    setHidden(this.clear, this.input.value === '');
    const { fields, error: ownError } = readQuery(this.input.value);
    const asked = this.input.value === this.applied ? this.context.rows.head.queryError : null;
    const error = ownError ?? asked;
    setHidden(this.problem, error === null || this.list.isOpen);
    setText(this.problem, error?.message ?? '');
    setAttribute(this.input, 'aria-invalid', error ? 'true' : null);
    if (this.paintPaper(fields, error)) this.followScroll();
  }

  private paintPaper(
    fields: readonly { from: number; to: number }[],
    error: { from: number; to: number } | null,
  ): boolean {
    const text = this.input.value;
    const key = JSON.stringify([text, error?.from, error?.to]);
    if (this.paper.dataset.key === key) return false;
    this.paper.dataset.key = key;
    const marks = error
      ? [{ from: error.from, to: Math.max(error.to, error.from + 1), name: 'search-wrong' }]
      : fields.map((field) => ({ ...field, name: 'search-token' }));
    const pieces: (string | HTMLElement)[] = [];
    let done = 0;
    for (const { from, to, name } of marks) {
      pieces.push(text.slice(done, from));
      pieces.push(element('span', { class: name }, text.slice(from, to) || ' '));
      done = to;
    }
    this.paper.replaceChildren(...pieces, text.slice(done));
    return text !== '';
  }

  private followScroll(): void {
    this.paper.style.transform = `translateX(${-this.input.scrollLeft}px)`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.apply(), settleMs);
    this.complete();
    this.context.requestPaint();
  }

  private apply(): void {
    clearTimeout(this.timer);
    this.applied = this.input.value;
    // What cannot be read is not asked: the rows stay while the mistake is mended.
    if (readQuery(this.applied).error) this.context.requestPaint();
    else this.context.updateSpec({ query: this.applied });
  }

  private remember(): void {
    const { searches } = this.context.state;
    if (this.input.value.trim() === '' || searches[0] === this.input.value.trim()) return;
    if (readQuery(this.input.value).error) return;
    this.context.update({ searches: addSearch(searches, this.input.value) });
  }

  private complete(): void {
    const caret = this.input.selectionStart ?? this.input.value.length;
    const { searches } = this.context.state;
    this.completions = completionsOf(this.input.value, caret, this.known, searches);
    this.list.show(this.completions.options);
  }

  private insert(option: Completion): void {
    const { value } = this.input;
    const { from, to } = this.completions;
    this.input.value = value.slice(0, from) + option.insert + value.slice(to);
    const caret = from + option.insert.length;
    this.input.setSelectionRange(caret, caret);
    this.typed();
  }

  private learnNames(): void {
    const server = this.context.summary?.servers ?? [];
    this.known = { ...this.known, server };
    this.context.host
      .request('statistics/list', { query: '' })
      .then((rows) => {
        this.known = { server, tool: [...new Set(rows.map((row) => row.name))].sort() };
      })
      .catch(() => undefined);
  }

  private key(event: KeyboardEvent): void {
    const { list } = this;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (list.isOpen) list.move(event.key === 'ArrowDown' ? 1 : -1);
      else this.complete();
    } else if (event.key === 'Escape') {
      if (list.isOpen) list.close();
      else if (this.input.value) this.set('');
      else this.context.focusRows();
      this.context.requestPaint();
    } else if (event.key === 'Tab' && list.isOpen && !event.shiftKey && this.input.value) {
      if (!list.takeFirst()) return;
    } else if (event.key === 'Enter') {
      if (!list.take()) {
        list.close();
        this.apply();
        this.remember();
        if (!readQuery(this.input.value).error) this.context.focusRows();
      }
    } else return;
    event.preventDefault();
  }
}
