/** The list under the search field, as the combobox pattern wants it. */
import type { Completion } from '../src/core/view/queryWords.js';
import { element, oneLine, setAttribute, setHidden } from './dom.js';

export class CompletionList {
  readonly root = element('div', {
    class: 'completion',
    id: 'search-options',
    role: 'listbox',
    'aria-label': 'What could come next',
    hidden: true,
  });
  private options: readonly Completion[] = [];
  /** -1: nothing is chosen, Enter searches. */
  private at = -1;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly onChosen: (option: Completion) => void,
  ) {
    for (const [name, value] of [
      ['role', 'combobox'],
      ['aria-autocomplete', 'list'],
      ['aria-controls', 'search-options'],
      ['aria-expanded', 'false'],
    ] as const) {
      setAttribute(input, name, value);
    }
    // The field keeps the focus while an option is pressed.
    this.root.addEventListener('pointerdown', (event) => event.preventDefault());
    this.root.addEventListener('click', (event) => {
      const found = (event.target as Element).closest<HTMLElement>('[role=option]');
      const option = this.options[Number(found?.dataset.at)];
      if (option) this.onChosen(option);
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  show(options: readonly Completion[]): void {
    this.options = options;
    this.at = -1;
    this.root.replaceChildren(
      ...options.map((option, at) =>
        element(
          'div',
          { class: 'completion-option', role: 'option', id: `search-option-${at}`, 'data-at': at },
          element('span', {}, oneLine(option.label, 80)),
          element('span', { class: 'completion-meaning' }, option.meaning),
        ),
      ),
    );
    setHidden(this.root, options.length === 0);
    this.mark();
  }

  close(): void {
    this.show([]);
  }

  move(step: number): void {
    const count = this.options.length + 1;
    this.at = ((this.at + 1 + step + count) % count) - 1;
    this.mark();
  }

  /** True when there was something to take. */
  take(): boolean {
    const option = this.options[this.at];
    if (!option || !this.isOpen) return false;
    this.onChosen(option);
    return true;
  }

  takeFirst(): boolean {
    if (this.at < 0) this.at = 0;
    return this.take();
  }

  private mark(): void {
    for (const [at, option] of [...this.root.children].entries()) {
      setAttribute(option, 'aria-selected', String(at === this.at));
      if (at === this.at) option.scrollIntoView({ block: 'nearest' });
    }
    setAttribute(this.input, 'aria-expanded', String(this.isOpen));
    setAttribute(
      this.input,
      'aria-activedescendant',
      this.at >= 0 ? `search-option-${this.at}` : null,
    );
  }
}
