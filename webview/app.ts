/** The view put together: one state, one scheduler, and the parts that paint from it. */
import type { SessionSummary, ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import { openAll } from '../src/core/view/folds.js';
import { fitWindow, revealInWindow, type TimeWindow } from '../src/core/view/timeScale.js';
import { ComparePane } from './compare/comparePane.js';
import type { Connection, Host } from './connection.js';
import type { ViewContext } from './context.js';
import { DetailsPane } from './details/pane.js';
import { element, setHidden } from './dom.js';
import { FindingsPane } from './findings.js';
import { Notices } from './notices.js';
import { OverviewStrip } from './overview.js';
import { PaneSplitter } from './paneSplitter.js';
import { openRowMenu } from './rowMenu.js';
import { RowStore } from './rowStore.js';
import { Scheduler } from './scheduler.js';
import { SearchBox } from './search.js';
import { StatisticsPane } from './statistics.js';
import { onThemeChanged, readTheme, type Theme } from './theme.js';
import { Toolbar } from './toolbar.js';
import { restoreState, type ViewState } from './viewState.js';
import { Gestures } from './waterfall/gestures.js';
import { Keys } from './waterfall/keys.js';
import { Notice } from './waterfall/notice.js';
import { Waterfall } from './waterfall/waterfall.js';
import { Zoom } from './waterfall/zoom.js';

/** Between two readings of the rows while spans stream in, ms. */
const refreshMs = 100;
/** The state is kept when nothing has changed for so long, ms. */
const keepMs = 250;

export class App implements ViewContext {
  readonly host: Host;
  readonly rows: RowStore;
  readonly inEditor: boolean;
  state: ViewState;
  summary: SessionSummary | null = null;
  theme: Theme;

  private readonly scheduler = new Scheduler(() => this.paint());
  private readonly notices = new Notices();
  private readonly toolbar: Toolbar;
  private readonly search: SearchBox;
  private readonly overview: OverviewStrip;
  private readonly waterfall: Waterfall;
  private readonly notice: Notice;
  private readonly pane: DetailsPane;
  private readonly split: PaneSplitter;
  private readonly zoom: Zoom;
  private readonly keys: Keys;
  private readonly compare: ComparePane;
  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshedAtMs = 0;
  private pausedAt: { spans: number; now: number } | null = null;
  /** A fold or new rows keep the place; another question goes where the selection is. */
  private keepsPlace = true;
  private fitted: TimeWindow = { start: 0, end: 1e9 };

  constructor(
    private readonly root: HTMLElement,
    private readonly connection: Connection,
  ) {
    this.host = connection.host;
    this.inEditor = connection.inEditor;
    this.state = restoreState(connection.memory.read());
    this.theme = readTheme(root);
    this.rows = new RowStore(this.host, (what) => this.rowsArrived(what.newSpec));
    this.waterfall = new Waterfall(this);
    this.notice = new Notice(this, this.waterfall.elements.notice);
    this.zoom = new Zoom(this);
    this.search = new SearchBox(this);
    this.compare = new ComparePane(this);
    const actions = {
      showSession: () => this.showSession(),
      showTrace: () => this.showTrace(),
      nextError: (backwards: boolean) => void this.nextError(backwards),
      togglePause: () => this.togglePause(),
      clear: () => this.clear(),
      focusCall: () => this.focusCall(),
      leaveScope: () => this.leaveScope(),
      contextMenu: () => this.openMenuAtRow(),
    };
    this.keys = new Keys(this, this.waterfall, this.zoom, actions);
    new Gestures(this, this.waterfall, this.zoom, this.keys, (x, y) => this.openMenu(x, y));
    this.toolbar = new Toolbar(this, this.search, actions);
    this.overview = new OverviewStrip(this, (time) => void this.showTime(time));
    this.pane = new DetailsPane(
      this,
      {
        findings: new FindingsPane(this),
        statistics: new StatisticsPane(this),
        compare: this.compare,
      },
      () => void this.compare.withPrevious(),
    );
    this.split = new PaneSplitter(this, root);
    if (root.tagName !== 'MAIN') root.setAttribute('role', 'main');
    root.replaceChildren(
      element('h1', { class: 'only-read' }, 'Spanpath: calls and their spans'),
      this.notices.banner,
      this.toolbar.root,
      this.overview.root,
      this.waterfall.elements.root,
      this.split.root,
      this.pane.root,
      this.notices.root,
    );
    this.listen();
    this.start();
  }

  // ── what parts may do ──

  update(change: Partial<ViewState>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    if (change.pane !== undefined && change.pane !== before.pane) this.pane.refresh();
    this.keep();
    this.requestPaint();
  }

  updateSpec(change: Partial<ViewSpec>): void {
    const before = this.state.spec;
    const spec = { ...before, ...change };
    this.keepsPlace = onlyFolds(change, before);
    const scopeChanged = change.scope !== undefined && change.scope !== before.scope;
    this.update({ spec, ...(scopeChanged ? { window: null } : {}) });
    this.rows.show(spec);
    if (!this.keepsPlace) this.overview.refresh();
  }

  requestPaint(): void {
    this.scheduler.request();
  }

  now(): number {
    if (this.pausedAt) return this.pausedAt.now;
    const { head, headAtMs } = this.rows;
    if (!this.summary?.running) return head.end;
    return head.end + (performance.now() - headAtMs) * 1e6;
  }

  window(): TimeWindow {
    return this.state.window ?? this.bounds();
  }

  bounds(): TimeWindow {
    return this.fitted;
  }

  select(row: (SpanRef & { readonly id: string }) | null): void {
    if (row?.id === this.state.selected?.id) return;
    const selected = row && { id: row.id, traceId: row.traceId, spanId: row.spanId };
    const back = row && this.state.pane === 'findings' ? { pane: 'details' as const } : {};
    this.update({ selected, ...back });
    this.pane.refresh();
  }

  async reveal(span: SpanRef): Promise<void> {
    const { traceId, spanId } = span;
    this.select({ id: `${traceId}:${spanId}`, traceId, spanId });
    const found = await this.locate(span);
    if (found === null) {
      this.notify('This span is hidden by the search or the layers.');
      return;
    }
    this.waterfall.showIndex(found, 'centre');
    this.waterfall.selectIndex(found);
    this.showSelectedTime();
  }

  openHandler(span: SpanRef): void {
    const { traceId, spanId } = span;
    this.host
      .request('handler/open', { traceId, spanId })
      .then(({ opened, reason }) => {
        if (!opened && reason) this.notify(reason, 'error');
      })
      .catch((error: Error) => this.notify(error.message, 'error'));
  }

  copy(text: string, what: string): void {
    const told = () => this.notify(`Copied ${what}`);
    this.host
      .request('clipboard/write', { text })
      .catch(() => navigator.clipboard.writeText(text))
      .then(told, () => this.notify('The clipboard cannot be written here', 'error'));
  }

  notify(message: string, kind: 'info' | 'error' = 'info'): void {
    this.notices.tell(message, kind);
  }

  waiting(): number {
    return this.pausedAt && this.summary
      ? Math.max(0, this.summary.spans - this.pausedAt.spans)
      : 0;
  }

  focusRows(): void {
    this.waterfall.elements.scroller.focus();
  }

  focusSearch(): void {
    this.search.input.focus();
    this.search.input.select();
  }

  // ── start and events ──

  private start(): void {
    this.rows.show(this.state.spec);
    void this.host
      .request('session/summary', null)
      .then((summary) => this.changed(summary))
      .catch(() => undefined);
    if (this.state.selected) this.pane.refresh();
    if (this.state.pane && this.state.pane !== 'details') this.pane.refresh();
    this.requestPaint();
  }

  private listen(): void {
    this.host.on('session/changed', (summary) => this.changed(summary));
    this.host.on('view/reveal', ({ span }) => {
      if (this.state.spec.query) this.search.set('');
      if (this.state.spec.scope.kind !== 'session') this.showSession();
      void this.reveal(span);
    });
    this.host.on('view/show', ({ query, pane }) => {
      if (query !== undefined) {
        if (this.state.spec.scope.kind !== 'session') this.showSession();
        this.search.set(query);
      }
      if (pane) this.update({ pane });
    });
    this.host.on('view/problem', ({ message }) => this.notices.showProblem(message));
    this.connection.onClosed((reason) => this.notices.showProblem(reason));
    onThemeChanged(() => {
      this.theme = readTheme(this.root);
      this.waterfall.useTheme();
      this.requestPaint();
    });
    // The editor focuses the page, not a part of it: the keyboard then belongs to the rows.
    const takeFocus = () => {
      if (document.activeElement === document.body) this.focusRows();
    };
    window.addEventListener('focus', takeFocus);
    if (document.hasFocus()) takeFocus();
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.summary) this.changed(this.summary);
    });
    this.root.addEventListener('keydown', (event) => {
      const typing = (event.target as Element).matches('input, textarea');
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.focusSearch();
      }
    });
  }

  private changed(summary: SessionSummary): void {
    this.summary = summary;
    this.requestPaint();
    if (this.state.paused || document.hidden) return;
    if (summary.revision === this.rows.head.revision && !this.rows.loading) return;
    // A flood of changes is read ten times a second.
    clearTimeout(this.refreshTimer);
    const waitMs = Math.max(0, this.refreshedAtMs + refreshMs - performance.now());
    this.refreshTimer = setTimeout(() => this.refresh(), waitMs);
  }

  private refresh(): void {
    this.refreshedAtMs = performance.now();
    this.rows.refresh();
    this.overview.refresh();
    this.pane.refresh();
  }

  private rowsArrived(newSpec: boolean): void {
    const moved = newSpec && !this.keepsPlace;
    this.waterfall.rowsArrived(!moved);
    if (moved) {
      this.keepsPlace = true;
      const { selected } = this.state;
      if (selected) void this.showSelected(selected);
      else this.waterfall.scrollTo(this.state.spec.query ? 0 : Number.MAX_SAFE_INTEGER);
      this.overview.refresh();
    }
    this.requestPaint();
  }

  private async showSelected(selected: SpanRef): Promise<void> {
    const found = await this.locate(selected, false);
    if (found !== null) this.waterfall.showIndex(found, 'centre');
    else this.waterfall.scrollTo(0);
  }

  private paint(): void {
    this.fit();
    this.toolbar.paint();
    this.overview.paint();
    this.waterfall.paint();
    this.notice.paint();
    this.pane.paint();
    setHidden(this.split.root, this.pane.root.hidden !== false);
    this.root.style.setProperty('--pane-share', String(this.state.paneShare));
    // Bars grow only while something runs, the view is live, and somebody can see it.
    if (this.summary?.running && !this.pausedAt && !document.hidden && this.rows.head.total) {
      this.requestPaint();
    }
  }

  /** Everything, with air to grow into while a call runs, so that the scale moves in steps. */
  private fit(): void {
    const { start, end } = this.rows.head;
    const now = Math.max(end, this.now());
    const running = (this.summary?.running ?? 0) > 0;
    const wanted = fitWindow(Math.min(start, now), now, running ? 0.15 : 0.03);
    const { fitted } = this;
    const length = fitted.end - fitted.start;
    const fits = now <= fitted.end && now > fitted.start + length * 0.8 && fitted.start <= start;
    if (running && fits && Math.abs(wanted.start - fitted.start) < length * 0.05) return;
    this.fitted = wanted;
  }

  // ── actions ──

  private showSession(): void {
    this.updateSpec({ scope: { kind: 'session' } });
  }

  private showTrace(): void {
    const index = this.waterfall.selectedIndex() ?? this.rows.head.total - 1;
    const row = this.state.selected ?? this.rows.row(index);
    if (!row) {
      this.notify('There is no call yet whose trace could be shown.');
      return;
    }
    this.updateSpec({ scope: { kind: 'trace', traceId: row.traceId } });
  }

  private focusCall(): void {
    const { selected, spec } = this.state;
    if (spec.scope.kind === 'span') this.showSession();
    else if (selected) {
      const { traceId, spanId } = selected;
      this.updateSpec({ scope: { kind: 'span', traceId, spanId } });
    }
  }

  private leaveScope(): void {
    if (this.state.spec.scope.kind !== 'session') this.showSession();
    else if (this.state.window) this.update({ window: null });
    else if (this.state.spec.query) this.updateSpec({ query: '' });
  }

  private togglePause(): void {
    if (this.pausedAt) {
      this.pausedAt = null;
      this.update({ paused: false });
      this.refresh();
      return;
    }
    this.pausedAt = { spans: this.summary?.spans ?? 0, now: this.now() };
    this.update({ paused: true });
  }

  private async nextError(backwards: boolean): Promise<void> {
    const { spec } = this.state;
    const from = this.waterfall.selectedIndex() ?? (backwards ? this.rows.head.total : -1);
    const ask = (start: number) =>
      this.host.request('rows/next', { spec, from: start, backwards, matching: 'status:error' });
    try {
      const found = (await ask(from)) ?? (await ask(backwards ? this.rows.head.total : -1));
      if (!found) {
        this.notify('No call failed here.');
        return;
      }
      if (found.unfold.length) this.updateSpec(openAll(spec, found.unfold));
      await this.reveal(found.span);
    } catch (error) {
      this.notify(error instanceof Error ? error.message : String(error), 'error');
    }
  }

  private clear(): void {
    this.host
      .request('command/run', { command: 'clear', span: null })
      .then(() => this.update({ selected: null, window: null }))
      .catch((error: Error) => this.notify(error.message, 'error'));
  }

  /** The first call of a window of time, by halving: rows of a session stand in order of time. */
  private async showTime(time: number): Promise<void> {
    const { spec } = this.state;
    let low = 0;
    let high = this.rows.head.total;
    for (let step = 0; step < 24 && low < high; step++) {
      const middle = (low + high) >> 1;
      const page = await this.host
        .request('rows/list', { spec, from: middle, count: 1 })
        .catch(() => null);
      const row = page?.ancestors[0] ?? page?.rows[0];
      if (!row || spec !== this.state.spec) return;
      if (row.start < time) low = middle + 1;
      else high = middle;
    }
    this.waterfall.showIndex(low, 'centre');
  }

  private async locate(span: SpanRef, unfold = true): Promise<number | null> {
    const ref = { traceId: span.traceId, spanId: span.spanId };
    const ask = () => this.host.request('rows/locate', { spec: this.state.spec, span: ref });
    const found = await ask().catch(() => null);
    if (!found || found.index !== null || !unfold) return found?.index ?? null;
    // Folded away: open what stands above it, else everything.
    this.updateSpec({ expandedByDefault: true, toggled: [] });
    return (await ask().catch(() => null))?.index ?? null;
  }

  private showSelectedTime(): void {
    const row = this.rows.row(this.waterfall.selectedIndex() ?? -1);
    const { window } = this.state;
    if (!row || !window) return;
    const end = row.start + (row.duration ?? 0);
    this.update({ window: revealInWindow(window, row.start, end, this.bounds()) });
  }

  private openMenuAtRow(): void {
    const index = this.waterfall.selectedIndex();
    const made = index === null ? null : document.getElementById(`row-${index}`);
    const box = made?.getBoundingClientRect();
    if (box) this.openMenu(box.left + 40, box.bottom);
  }

  private openMenu(x: number, y: number): void {
    const index = this.waterfall.selectedIndex();
    const row = index === null ? undefined : this.rows.row(index);
    if (!row) return;
    openRowMenu(
      this,
      row,
      { x, y },
      {
        focusCall: () => this.focusCall(),
        showTrace: () => this.showTrace(),
        fit: () => this.zoom.fit(row),
        search: (query) => this.search.set(query),
        compare: () => void this.compare.withPrevious(),
        compareMarked: () => this.compare.mark(row),
      },
    );
  }

  private keep(): void {
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => {
      const top = this.waterfall.topRow();
      this.connection.memory.write({ ...this.state, top });
    }, keepMs);
  }
}

function onlyFolds(change: Partial<ViewSpec>, before: ViewSpec): boolean {
  return (Object.keys(change) as (keyof ViewSpec)[]).every(
    (key) => key === 'toggled' || key === 'expandedByDefault' || change[key] === before[key],
  );
}
