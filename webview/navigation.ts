/** Ways through the session: scopes, the next error, a span, a moment. */
import type { SpanRow, ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import { openAll } from '../src/core/view/folds.js';
import { revealInWindow } from '../src/core/view/timeScale.js';
import type { ViewContext } from './context.js';
import type { Waterfall } from './waterfall/waterfall.js';
import type { Zoom } from './waterfall/zoom.js';

export class Navigation {
  /** What the last place that was asked for is a place in. */
  private located: ViewSpec | null = null;

  constructor(
    private readonly context: ViewContext,
    private readonly waterfall: Waterfall,
    private readonly zoom: Zoom,
  ) {}

  selectedRow(): SpanRow | undefined {
    return this.context.rows.row(this.waterfall.selectedIndex() ?? -1);
  }

  showSession(): void {
    this.context.updateSpec({ scope: { kind: 'session' } });
  }

  showTrace(): void {
    const { context } = this;
    const index = this.waterfall.selectedIndex() ?? context.rows.head.total - 1;
    const row = context.state.selected ?? context.rows.row(index);
    if (row) context.updateSpec({ scope: { kind: 'trace', traceId: row.traceId } });
    else context.notify('There is no call yet whose trace could be shown.');
  }

  /** The selected call alone, and back again. */
  focusCall(): void {
    const { selected, spec } = this.context.state;
    if (spec.scope.kind === 'span') this.showSession();
    else if (selected) {
      const { traceId, spanId } = selected;
      this.context.updateSpec({ scope: { kind: 'span', traceId, spanId } });
    }
  }

  /** The session was cleared: what was chosen of it would hide what comes. */
  startAgain(): void {
    this.context.select(null);
    this.showSession();
    this.zoom.follow();
  }

  /** One step out: scope, then window of time, then search. */
  leaveScope(): void {
    const { state } = this.context;
    if (state.spec.scope.kind !== 'session') this.showSession();
    else if (state.window) this.zoom.follow();
    else if (state.spec.query) this.context.updateSpec({ query: '' });
  }

  /** Selects a span, unfolds what hides it and brings it to the middle. */
  async reveal(span: SpanRef): Promise<void> {
    const { traceId, spanId } = span;
    this.context.select({ id: `${traceId}:${spanId}`, traceId, spanId });
    const found = await this.locate(span);
    // A place among other rows than those that are asked for by now leads nowhere.
    if (this.located !== this.context.state.spec) return;
    if (found === null) {
      this.context.notify('This span is hidden by the search or the layers.');
      return;
    }
    this.waterfall.showIndex(found, 'centre');
    this.waterfall.selectFound(found);
    this.showSelectedTime();
  }

  /** Scrolls to what is selected, when the rows still hold it. */
  async showSelected(selected: SpanRef): Promise<void> {
    const found = await this.ask(selected);
    if (found === null) this.waterfall.scrollTo(0);
    else this.waterfall.showIndex(found, 'centre');
  }

  /** Reveals a span that something else asks for; a search or a scope that shows it stays. */
  async bring(span: SpanRef, clearSearch: () => void): Promise<void> {
    const { spec } = this.context.state;
    if ((await this.ask(span)) === null) {
      if (spec.query) clearSearch();
      if (spec.scope.kind !== 'session') this.showSession();
    }
    await this.reveal(span);
  }

  async nextError(backwards: boolean): Promise<void> {
    const { context } = this;
    const { spec } = context.state;
    // The button is grey: a key that does nothing is only said aloud.
    if (context.summary?.errors === 0) return context.notify('No call failed.', 'quiet');
    const end = backwards ? context.rows.head.total : -1;
    const ask = (from: number) =>
      context.host.request('rows/next', { spec, from, backwards, matching: 'status:error' });
    try {
      const found = (await ask(this.waterfall.selectedIndex() ?? end)) ?? (await ask(end));
      if (!found) {
        context.notify('No call failed here.');
        return;
      }
      if (found.unfold.length) context.updateSpec(openAll(spec, found.unfold));
      await this.reveal(found.span);
    } catch (error) {
      context.notify((error as Error).message, 'error');
    }
  }

  /** The first call of a window of time, by halving: calls of a session stand in order of time. */
  async showTime(time: number): Promise<void> {
    const { host, rows, state } = this.context;
    const { spec } = state;
    let low = 0;
    let high = rows.head.total;
    for (let step = 0; step < 24 && low < high; step++) {
      const middle = (low + high) >> 1;
      const page = await host
        .request('rows/list', { spec, from: middle, count: 1 })
        .catch(() => null);
      const row = page?.ancestors[0] ?? page?.rows[0];
      if (!row || spec !== this.context.state.spec) return;
      if (row.start < time) low = middle + 1;
      else high = middle;
    }
    this.waterfall.showIndex(low, 'centre');
  }

  private async locate(span: SpanRef): Promise<number | null> {
    const found = await this.ask(span);
    if (found !== null) return found;
    // Folded away or a protocol message: open everything that could hide it.
    this.context.updateSpec({ expandedByDefault: true, toggled: [], hidesProtocol: false });
    return this.ask(span);
  }

  private async ask({ traceId, spanId }: SpanRef): Promise<number | null> {
    const { host, state } = this.context;
    this.located = state.spec;
    const found = await host
      .request('rows/locate', { spec: state.spec, span: { traceId, spanId } })
      .catch(() => null);
    return found?.index ?? null;
  }

  private showSelectedTime(): void {
    const row = this.selectedRow();
    const { window } = this.context.state;
    if (!row || !window) return;
    const end = row.start + (row.duration ?? 0);
    this.context.update({ window: revealInWindow(window, row.start, end, this.context.bounds()) });
  }
}
