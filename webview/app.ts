/** The view put together: one state, one scheduler, and the parts that paint from it. */
import type { SessionSummary, ViewSpec } from '../src/core/protocol.js';
import type { SpanRef } from '../src/core/trace/model.js';
import { onlyFolds } from '../src/core/view/folds.js';
import type { TimeWindow } from '../src/core/view/timeScale.js';
import { ComparePane } from './compare/comparePane.js';
import type { Connection, Host } from './connection.js';
import type { ViewContext } from './context.js';
import { DetailsPane } from './details/pane.js';
import { element, setHidden, setStyle } from './dom.js';
import { FindingsPane } from './findings.js';
import { clearSession, copyText, refOf, run } from './hostActions.js';
import { Navigation } from './navigation.js';
import { type NoticeKind, Notices } from './notices.js';
import { OverviewStrip } from './overview.js';
import { PaneSplitter } from './paneSplitter.js';
import { openRowMenu } from './rowMenu.js';
import { RowStore } from './rowStore.js';
import { afterPaintMs, Scheduler } from './scheduler.js';
import { SearchBox } from './search.js';
import { StatisticsPane } from './statistics.js';
import { StoryStrip } from './story.js';
import { onThemeChanged, readTheme, type Theme } from './theme.js';
import { TimeAxis } from './timeAxis.js';
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
/** The first rows take longer than this: the view shows that it waits for them. */
const shortWaitMs = 100;
/** They take even longer: the controls go before them. */
const longWaitMs = 300;

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
  private readonly timeAxis: TimeAxis;
  private readonly navigation: Navigation;
  private readonly zoom: Zoom;
  private readonly keys: Keys;
  private readonly compare: ComparePane;
  private readonly story: StoryStrip;
  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshedAtMs = 0;
  private pausedAt: { spans: number; now: number } | null = null;
  /** A fold or new rows keep the place; another question goes where the selection is. */
  private keepsPlace = true;
  private keptTop = -1;
  private firstRows = true;
  /** Nothing has been painted that stands for an answer of the host. */
  private isFresh = true;
  /** What stands in the page; taken in when the first rows are there, and laid out once. */
  private parts: readonly Node[];

  constructor(
    private readonly root: HTMLElement,
    private readonly connection: Connection,
    /** Called once, when the first rows are painted or seem to take long. */
    private readonly onFirstRows: () => void,
  ) {
    this.host = connection.host;
    this.inEditor = connection.inEditor;
    this.state = restoreState(connection.memory.read());
    this.theme = readTheme(root);
    this.rows = new RowStore(this.host, (what) => this.rowsArrived(what.newSpec));
    this.waterfall = new Waterfall(this);
    // The first answers travel while everything else is made.
    this.host
      .request('session/summary', null)
      .then((summary) => this.changed(summary))
      .catch(() => undefined);
    this.rows.show(this.state.spec);
    this.notice = new Notice(this, this.waterfall.elements.notice);
    this.zoom = new Zoom(this);
    this.timeAxis = new TimeAxis(this, this.waterfall);
    this.navigation = new Navigation(this, this.waterfall, this.zoom);
    this.search = new SearchBox(this);
    this.compare = new ComparePane(this);
    this.story = new StoryStrip(this);
    const actions = {
      showSession: () => this.navigation.showSession(),
      showTrace: () => this.navigation.showTrace(),
      nextError: (backwards: boolean) => void this.navigation.nextError(backwards),
      togglePause: () => this.togglePause(),
      clear: () => clearSession(this),
      focusCall: () => this.navigation.focusCall(),
      leaveScope: () => this.navigation.leaveScope(),
      contextMenu: () => this.openMenuAtRow(),
    };
    this.keys = new Keys(this, this.waterfall, this.zoom, actions);
    new Gestures(this, this.waterfall, this.zoom, this.keys, (x, y) => this.openMenu(x, y));
    this.toolbar = new Toolbar(this, this.search, actions);
    this.overview = new OverviewStrip(this, (time) => void this.navigation.showTime(time));
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
    this.parts = [
      element('h1', { class: 'only-read' }, 'Spanpath: calls and their spans'),
      this.notices.banner,
      this.toolbar.root,
      this.overview.root,
      this.story.root,
      this.waterfall.elements.root,
      this.split.root,
      this.pane.root,
      this.notices.root,
    ];
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
    return this.timeAxis.window;
  }

  bounds(): TimeWindow {
    return this.timeAxis.bounds;
  }

  select(row: (SpanRef & { readonly id: string }) | null): void {
    // Lists lead to rows; who went to one wants to see it. A pane that was closed stays closed.
    const { pane } = this.state;
    if (row && (pane === 'findings' || pane === 'statistics')) this.update({ pane: 'details' });
    if (row?.id === this.state.selected?.id) return;
    this.update({ selected: row && { id: row.id, traceId: row.traceId, spanId: row.spanId } });
    this.pane.refresh();
  }

  reveal(span: SpanRef): Promise<void> {
    return this.navigation.reveal(span);
  }

  openHandler(span: SpanRef): void {
    run(this, 'handler/open', refOf(span));
  }

  copy(text: string, what: string): void {
    copyText(this, text, what);
  }

  notify(message: string, kind: NoticeKind = 'info'): void {
    this.notices.tell(message, kind);
  }

  waiting(): number {
    return this.pausedAt ? Math.max(0, (this.summary?.spans ?? 0) - this.pausedAt.spans) : 0;
  }

  focusRows(): void {
    this.waterfall.elements.scroller.focus({ preventScroll: true });
  }

  focusSearch(): void {
    this.search.input.focus();
    this.search.input.select();
  }

  // ── start and events ──

  private start(): void {
    const { selected, pane } = this.state;
    if (selected || (pane && pane !== 'details')) this.pane.refresh();
    setTimeout(() => this.show(), shortWaitMs);
    setTimeout(() => this.onFirstRows(), longWaitMs);
  }

  private show(): void {
    if (this.parts.length === 0) return;
    this.paintFrame();
    this.root.replaceChildren(...this.parts);
    this.parts = [];
    this.waterfall.measure();
  }

  private listen(): void {
    this.host.on('session/changed', (summary) => this.changed(summary));
    this.host.on('view/reveal', async ({ span, before }) => {
      await this.navigation.bring(span, () => this.search.set(''));
      if (before) this.compare.show(before, span);
    });
    this.host.on('view/show', ({ query, pane }) => {
      if (query !== undefined) {
        if (this.state.spec.scope.kind !== 'session') this.navigation.showSession();
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
    window.addEventListener('focus', () => this.takeFocus());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.summary) this.changed(this.summary);
    });
    this.root.addEventListener('keydown', (event) => {
      const typing = (event.target as Element).matches('input, textarea');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.focusSearch();
    });
  }

  /** The editor focuses the page, not a part of it: the keyboard then belongs to the rows. */
  private takeFocus(): void {
    if (document.activeElement === document.body) this.focusRows();
  }

  private changed(summary: SessionSummary): void {
    const isNews = JSON.stringify(summary) !== JSON.stringify(this.summary);
    if (summary.spans === 0 && this.summary?.spans) this.navigation.startAgain();
    this.summary = summary;
    if (isNews) this.requestPaint();
    if (this.state.paused || document.hidden) return;
    const { head, loading, problem } = this.rows;
    // The first rows, which are on their way, are no older than this.
    if (head.revision < 0 && problem === null) return;
    if (summary.revision === head.revision && !loading) return;
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
    this.show();
    this.story.refresh();
    if (this.firstRows) {
      this.firstRows = false;
      this.overview.refresh();
    }
    const moved = newSpec && !this.keepsPlace;
    this.waterfall.rowsArrived(!moved, newSpec);
    if (moved) {
      this.keepsPlace = true;
      const { selected } = this.state;
      if (selected) void this.navigation.showSelected(selected);
      else this.waterfall.scrollTo(this.state.spec.query ? 0 : Number.MAX_SAFE_INTEGER);
      this.overview.refresh();
    }
    // The first rows do not wait for a frame: they are part of the first one.
    if (this.isFresh) this.scheduler.flush();
    else this.requestPaint();
  }

  private paint(): void {
    this.paintFrame();
    this.waterfall.paintTree();
    this.timeAxis.advance();
    this.waterfall.paintTimes();
    this.overview.paint();
    this.keepTop();
    this.notice.paint();
    if (this.isFresh && !this.rows.loading) {
      this.isFresh = false;
      if (document.hasFocus()) this.takeFocus();
      // What comes now waits until this frame can be seen.
      requestAnimationFrame(() => setTimeout(() => this.onFirstRows(), afterPaintMs));
    }
    // Bars grow only while something runs, the view is live, and somebody can see it.
    if (this.summary?.running && !this.pausedAt && !document.hidden && this.rows.head.total) {
      this.requestPaint();
    }
  }

  /** What stands around the rows and decides how much room they have. */
  private paintFrame(): void {
    this.toolbar.paint();
    this.pane.paint();
    setHidden(this.split.root, this.pane.root.hidden !== false);
    setStyle(this.pane.root, '--pane-share', String(this.state.paneShare));
  }

  // ── actions ──

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

  private openMenuAtRow(): void {
    const index = this.waterfall.selectedIndex();
    if (index === null) return;
    const { x, y } = this.waterfall.placeOf(index);
    this.openMenu(x, y);
  }

  private openMenu(x: number, y: number): void {
    const row = this.navigation.selectedRow();
    if (!row) return;
    openRowMenu(
      this,
      row,
      { x, y },
      {
        focusCall: () => this.navigation.focusCall(),
        showTrace: () => this.navigation.showTrace(),
        fit: () => this.zoom.fit(row),
        search: (query) => this.search.set(query),
        compare: () => void this.compare.withPrevious(),
        compareMarked: () => this.compare.mark(row),
      },
    );
  }

  /** A scroll changes no state, but the place is kept too. */
  private keepTop(): void {
    const { index } = this.waterfall.topRow();
    if (index === this.keptTop || this.rows.head.total === 0) return;
    this.keptTop = index;
    this.keep();
  }

  private keep(): void {
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => {
      const top = this.waterfall.topRow();
      this.connection.memory.write({ ...this.state, top });
    }, keepMs);
  }
}
