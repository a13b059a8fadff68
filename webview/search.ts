/** The search field: the query as typed, its mistakes underlined. */
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
    hidden: true,
  });
  private readonly clear: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly context: ViewContext) {
    this.clear = button({
      label: 'Clear the search',
      icon: 'close',
      iconOnly: true,
      onPress: () => this.set(''),
    });
    this.root = element(
      'div',
      { class: 'search', role: 'search' },
      icon('search', 'search-icon'),
      element('div', { class: 'search-field' }, this.paper, this.input),
      this.clear,
      this.problem,
    );
    this.input.value = context.state.spec.query;
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('scroll', () => this.followScroll());
    this.input.addEventListener('keydown', (event) => this.key(event));
  }

  set(query: string): void {
    this.input.value = query;
    this.apply();
    this.input.focus();
  }

  paint(): void {
    setHidden(this.clear, this.input.value === '');
    const error = this.pending() ? null : this.context.rows.head.queryError;
    setHidden(this.problem, error === null);
    setText(this.problem, error?.message ?? '');
    setAttribute(this.input, 'aria-invalid', error ? 'true' : null);
    this.paintPaper(error);
    this.followScroll();
  }

  private pending(): boolean {
    return this.input.value !== this.context.state.spec.query;
  }

  private paintPaper(error: { from: number; to: number } | null): void {
    const text = this.input.value;
    const key = `${text}\u0000${error?.from},${error?.to}`;
    if (this.paper.dataset.key === key) return;
    this.paper.dataset.key = key;
    if (!error) {
      this.paper.replaceChildren(text);
      return;
    }
    const to = Math.max(error.to, error.from + 1);
    this.paper.replaceChildren(
      text.slice(0, error.from),
      element('span', { class: 'search-wrong' }, text.slice(error.from, to) || ' '),
      text.slice(to),
    );
  }

  private followScroll(): void {
    this.paper.style.transform = `translateX(${-this.input.scrollLeft}px)`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.apply(), settleMs);
    this.context.requestPaint();
  }

  private apply(): void {
    clearTimeout(this.timer);
    this.context.updateSpec({ query: this.input.value });
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      if (this.input.value) this.set('');
      else this.context.focusRows();
    } else if (event.key === 'Enter') {
      this.apply();
      this.context.focusRows();
    } else return;
    event.preventDefault();
  }
}
