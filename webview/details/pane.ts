/** The pane below the rows: details of the selected row, or one of the overviews. */
import type { HandlerInfo, SpanDetails } from '../../src/core/protocol.js';
import type { ViewContext } from '../context.js';
import { button } from '../controls.js';
import { element, oneLine, setAttribute, setClass, setHidden, setText } from '../dom.js';
import { replay } from '../hostActions.js';
import { type DetailTab, detailTabs, type PaneKind } from '../viewState.js';
import { hasHandler, isReplayable, pillOf } from '../waterfall/rowWords.js';
import { callTab } from './callTab.js';
import { errorTab } from './errorTab.js';
import { hint, link } from './sections.js';
import { handlerSection } from './sourceTab.js';
import { attributesTab, logsTab, timingTab, wireTab } from './tableTabs.js';

/** A pane that is not details: it fills the body and says its name. */
export interface OtherPane {
  readonly title: string;
  readonly root: HTMLElement;
  /** Called when it opens and when the session changed while it is open. */
  refresh(): void;
}

const tabNames: Readonly<Record<DetailTab, string>> = {
  call: 'Call',
  timing: 'Timing',
  attributes: 'Attributes',
  logs: 'Logs',
  error: 'Error',
  wire: 'Wire',
  source: 'Source',
};

export class DetailsPane {
  readonly root: HTMLElement;
  private readonly title = element('h2', { class: 'pane-title' });
  private readonly pill = element('span', { class: 'pill', hidden: true });
  private readonly tabs = element('div', {
    class: 'tabs',
    role: 'tablist',
    'aria-label': 'Details',
  });
  private readonly links = element('div', { class: 'pane-links' });
  private readonly body = element('div', { class: 'pane-body', tabindex: -1 });
  private readonly tabButtons = new Map<DetailTab, HTMLElement>();
  private readonly openLink = link('Open handler', 'Enter', () => {
    if (this.details) this.context.openHandler(this.details.row);
  });
  private readonly replayLink = link('Replay', 'Send the same call again', () => {
    if (this.details) replay(this.context, this.details.row);
  });
  private details: SpanDetails | null = null;
  private handler: HandlerInfo | null | undefined;
  private shownId: string | null = null;
  private rendered = '';
  private busy = false;
  private again = false;

  constructor(
    private readonly context: ViewContext,
    private readonly others: Readonly<Record<Exclude<PaneKind, 'details'>, OtherPane>>,
    private readonly compare: () => void,
  ) {
    for (const tab of detailTabs) {
      const made = element(
        'button',
        {
          type: 'button',
          role: 'tab',
          class: 'tab',
          id: `tab-${tab}`,
          'aria-controls': 'pane-body',
        },
        tabNames[tab],
      );
      made.addEventListener('click', () => context.update({ tab }));
      this.tabButtons.set(tab, made);
      this.tabs.append(made);
    }
    this.tabs.addEventListener('keydown', (event) => this.tabKey(event));
    this.body.id = 'pane-body';
    // A plain browser has no editor to open and no client to send with.
    if (context.inEditor) {
      this.links.append(this.openLink, this.replayLink);
    }
    this.links.append(
      link('Compare', 'Beside the call before it of the same name', () => this.compare()),
    );
    const close = button({
      label: 'Close the pane',
      icon: 'close',
      iconOnly: true,
      onPress: () => {
        context.update({ pane: null });
        context.focusRows();
      },
    });
    this.root = element(
      'section',
      { class: 'pane', 'aria-label': 'Details' },
      element('div', { class: 'pane-head' }, this.title, this.pill, this.tabs, this.links, close),
      this.body,
    );
  }

  /** Reads the selected span again: it was selected, or the session changed. */
  refresh(): void {
    const { pane, selected } = this.context.state;
    if (pane !== 'details') {
      if (pane) this.others[pane].refresh();
      return;
    }
    if (!selected) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    void this.read(selected).finally(() => {
      this.busy = false;
      if (this.again) {
        this.again = false;
        this.refresh();
      }
      this.context.requestPaint();
    });
  }

  private async read(selected: { id: string; traceId: string; spanId: string }): Promise<void> {
    const span = { traceId: selected.traceId, spanId: selected.spanId };
    if (this.shownId !== selected.id) this.handler = undefined;
    try {
      const details = await this.context.host.request('span/details', span);
      if (this.context.state.selected?.id !== selected.id) return;
      this.details = details;
      this.shownId = selected.id;
    } catch (error) {
      this.context.notify((error as Error).message, 'error');
      return;
    }
    this.context.requestPaint();
    if (this.handler !== undefined || !this.details) return;
    const handler = await this.context.host.request('handler/resolve', span).catch(() => null);
    if (this.context.state.selected?.id === selected.id) this.handler = handler;
  }

  paint(): void {
    const { pane, selected, tab } = this.context.state;
    const inDetails = pane === 'details';
    // Nothing selected, nothing to tell: the rows have the room.
    setHidden(this.root, pane === null || (inDetails && !selected));
    if (pane === null || this.root.hidden) return;
    const nothing = !inDetails || !selected || !this.details;
    setHidden(this.tabs, nothing);
    setHidden(this.links, nothing);
    if (!inDetails) {
      const other = this.others[pane];
      setText(this.title, other.title);
      setHidden(this.pill, true);
      if (this.rendered !== pane) this.body.replaceChildren(other.root);
      this.rendered = pane;
      setAttribute(this.body, 'role', null);
      setAttribute(this.body, 'aria-labelledby', null);
      return;
    }
    this.paintDetails(selected !== null, tab);
  }

  private paintDetails(selected: boolean, tab: DetailTab): void {
    const { details } = this;
    if (!selected || !details) {
      setText(this.title, 'Details');
      setHidden(this.pill, true);
      if (this.rendered !== 'none') {
        this.body.replaceChildren(
          hint('Select a call to see its arguments, result, timing and source.'),
        );
      }
      this.rendered = 'none';
      return;
    }
    setText(this.title, oneLine(details.row.name, 80));
    setHidden(this.openLink, !this.handler && !hasHandler(details.row));
    setHidden(this.replayLink, !isReplayable(details.row));
    const pill = pillOf(details.row);
    setHidden(this.pill, pill === null);
    if (pill) {
      setText(this.pill, pill.text);
      setClass(this.pill, `pill pill-${pill.tone}`);
    }
    this.paintTabs(details, tab);
    const key = JSON.stringify([tab, this.shownId, details, this.handler ?? String(this.handler)]);
    // The same content stays as it is: folds, scroll and selection in it are not lost.
    if (key === this.rendered) return;
    const sameSpan = this.rendered.startsWith(JSON.stringify([tab, this.shownId]).slice(0, -1));
    const { scrollTop } = this.body;
    this.rendered = key;
    this.body.replaceChildren(this.content(details, tab));
    this.body.scrollTop = sameSpan ? scrollTop : 0;
    setAttribute(this.body, 'role', 'tabpanel');
    setAttribute(this.body, 'aria-labelledby', `tab-${tab}`);
  }

  private content(details: SpanDetails, tab: DetailTab): HTMLElement {
    const { context } = this;
    switch (tab) {
      case 'call':
        return callTab(context, details, this.handler);
      case 'timing':
        return timingTab(context, details);
      case 'attributes':
        return attributesTab(context, details);
      case 'logs':
        return logsTab(context, details);
      case 'error':
        return errorTab(context, details);
      case 'wire':
        return wireTab(context, details);
      case 'source':
        return element('div', { class: 'column' }, handlerSection(context, details, this.handler));
    }
  }

  private paintTabs(details: SpanDetails, current: DetailTab): void {
    const logs =
      details.logs.length +
      details.events.filter((event) => event.name !== 'spanpath.message').length;
    const hasError =
      details.exception !== null || details.statusMessage !== '' || details.row.status === 2;
    const counts: Partial<Record<DetailTab, number>> = { logs, wire: details.wire.length };
    for (const [tab, made] of this.tabButtons) {
      const count = counts[tab];
      setText(made, count ? `${tabNames[tab]} ${count}` : tabNames[tab]);
      setAttribute(made, 'aria-selected', String(tab === current));
      setAttribute(made, 'tabindex', tab === current ? '0' : '-1');
      setHidden(made, tab === 'error' && !hasError && current !== 'error');
    }
  }

  private tabKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const visible = detailTabs.filter((tab) => !this.tabButtons.get(tab)?.hidden);
    const at = visible.indexOf(this.context.state.tab);
    const tab = visible[(at + step + visible.length) % visible.length];
    if (!tab) return;
    this.context.update({ tab });
    this.tabButtons.get(tab)?.focus();
  }
}
