/** One row of the tree as elements; the bar beside it is painted on the canvas. */
import type { SpanRow } from '../../src/core/protocol.js';
import { element, icon, oneLine, setAttribute, setClass, setHidden, setText } from '../dom.js';
import { barSentence, durationText, iconOf, layerNames, pillOf } from './rowWords.js';

export const rowPx = 22;
const indentPx = 12;
/** Deeper rows stay at this indent: a tree of 500 levels must keep its names on screen. */
const deepestIndent = 16;

export interface RowShown {
  readonly index: number;
  readonly row: SpanRow | undefined;
  readonly selected: boolean;
  /** The text of the running duration changes with it. */
  readonly now: number;
  /** More than one server in the session: a root row says whose it is. */
  readonly showServer: boolean;
  readonly handlerHint: boolean;
}

export class RowElement {
  readonly root: HTMLElement;
  private readonly cell = element('div', { class: 'cell-name', role: 'gridcell' });
  private readonly twistie = icon('chevron-right', 'twistie');
  private readonly kind = icon('circle', 'kind');
  private readonly name = element('span', { class: 'name' });
  private readonly detail = element('span', { class: 'detail' });
  private readonly server = element('span', { class: 'server' });
  private readonly pill = element('span', { class: 'pill' });
  private readonly open = icon('go-to-file', 'open');
  private readonly duration = element('div', { class: 'cell-duration', role: 'gridcell' });
  private readonly bar = element('div', { class: 'cell-bar', role: 'gridcell' });
  private readonly barWords = element('span', { class: 'only-read' });
  private shownRow: SpanRow | undefined;
  private shownServer = false;
  private index = -1;
  private topPx = Number.NaN;

  /** A decoration is a sticky copy: screen readers pass over it. */
  constructor(private readonly decoration = false) {
    this.root = element('div', { class: 'row' });
    if (decoration) {
      setAttribute(this.root, 'aria-hidden', 'true');
      for (const cell of [this.cell, this.duration, this.bar]) cell.removeAttribute('role');
    } else {
      setAttribute(this.root, 'role', 'row');
    }
    this.open.title = 'Open the handler (Enter)';
    this.cell.append(
      this.twistie,
      this.kind,
      this.name,
      this.detail,
      this.server,
      this.pill,
      this.open,
    );
    this.bar.append(this.barWords);
    this.root.append(this.cell, this.duration, this.bar);
  }

  /** Kept for later; until then no id points here. */
  hide(): void {
    setHidden(this.root, true);
    for (const name of ['id', 'aria-rowindex', 'data-index']) setAttribute(this.root, name, null);
    this.index = -1;
  }

  private writeIndex(index: number): void {
    this.index = index;
    this.root.dataset.index = String(index);
    if (this.decoration) return;
    this.root.id = `row-${index}`;
    this.root.setAttribute('aria-rowindex', String(index + 2));
  }

  /** Writes what differs from what stands there. */
  show(shown: RowShown, topPx: number): void {
    const { row, index } = shown;
    if (topPx !== this.topPx) this.root.style.transform = `translateY(${topPx}px)`;
    this.topPx = topPx;
    if (index !== this.index) this.writeIndex(index);
    setHidden(this.root, false);
    if (!this.decoration) setAttribute(this.root, 'aria-selected', String(shown.selected));
    if (!row) {
      this.shownRow = undefined;
      setClass(this.root, 'row row-waiting');
      setText(this.name, '');
      setText(this.detail, '');
      setText(this.duration, '');
      setHidden(this.pill, true);
      setHidden(this.server, true);
      return;
    }
    setClass(this.root, classOf(row, shown.selected));
    setText(this.duration, durationText(row, shown.now));
    if (row !== this.shownRow || shown.showServer !== this.shownServer) this.writeRow(row, shown);
  }

  private writeRow(row: SpanRow, shown: RowShown): void {
    this.shownRow = row;
    this.shownServer = shown.showServer;
    this.cell.style.paddingLeft = `${4 + Math.min(row.depth, deepestIndent) * indentPx}px`;
    const foldable = row.descendants > 0;
    setClass(
      this.twistie,
      `codicon twistie ${foldable ? `codicon-chevron-${row.expanded ? 'down' : 'right'}` : 'leaf'}`,
    );
    setClass(this.kind, `codicon codicon-${iconOf(row)} kind layer-${row.layer}`);
    setAttribute(this.kind, 'title', row.group ? 'Group' : layerNames[row.layer]);
    setText(this.name, oneLine(row.name) || '(no name)');
    setText(this.detail, detailText(row));
    this.cell.title = oneLine([row.name, row.detail].filter(Boolean).join('  '), 1000);
    const server = shown.showServer && row.depth === 0 && !row.group ? oneLine(row.server, 40) : '';
    setText(this.server, server);
    setHidden(this.server, server === '');
    const pill = pillOf(row);
    setHidden(this.pill, pill === null);
    if (pill) {
      setText(this.pill, pill.text);
      setClass(this.pill, `pill pill-${pill.tone}`);
    }
    setHidden(this.open, !shown.handlerHint || row.group !== undefined || row.placeholder);
    if (this.decoration) return;
    setAttribute(this.root, 'aria-level', String(row.depth + 1));
    setAttribute(this.root, 'aria-expanded', foldable ? String(row.expanded) : null);
    const words = barSentence(row, shown.now);
    setText(this.barWords, words);
    setAttribute(this.bar, 'title', words);
  }
}

function detailText(row: SpanRow): string {
  if (row.group) return `${row.group.calls} ${row.group.calls === 1 ? 'call' : 'calls'}`;
  return oneLine(row.detail);
}

function classOf(row: SpanRow, selected: boolean): string {
  let name = 'row';
  if (selected) name += ' row-selected';
  if (row.group) name += ' row-group';
  if (row.placeholder) name += ' row-placeholder';
  return name;
}
