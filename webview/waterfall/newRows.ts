/** Says that calls arrived below the screen while the view stands still, and leads there. */
import type { ViewContext } from '../context.js';
import { element, setHidden, setText } from '../dom.js';

export class NewRows {
  readonly root = element('button', { type: 'button', class: 'new-rows', hidden: true });
  private seen = { rows: 0, calls: 0 };

  constructor(
    private readonly context: ViewContext,
    onPress: () => void,
  ) {
    this.root.title = 'Go to the newest call (End)';
    this.root.addEventListener('click', onPress);
  }

  /** Rows of another question, or folded otherwise, are not new. */
  skip(rows: number): void {
    this.seen = { rows: this.seen.rows + rows, calls: this.seen.calls };
  }

  /** `seesEnd`: the last row is on screen. */
  paint(seesEnd: boolean): void {
    const { rows, state, summary } = this.context;
    const now = { rows: rows.head.total, calls: summary?.calls ?? 0 };
    if (seesEnd || state.spec.scope.kind !== 'session') this.seen = now;
    const isNews = now.rows > this.seen.rows;
    const calls = now.calls - this.seen.calls;
    if (isNews) setText(this.root, calls > 0 ? `↓ ${calls} new` : '↓ New spans');
    setHidden(this.root, !isNews);
  }
}
