/** One row of the tree as elements; the bar beside it is painted on the canvas. */
import type { SpanRow } from '../../src/core/protocol.js';
import { element, icon, oneLine, setAttribute, setClass, setHidden, setText } from '../dom.js';
import { barSentence, durationText, hasHandler, iconOf, layerNames, pillOf } from './rowWords.js';

export const rowPx = 22;
const indentPx = 12;
/** Deeper rows stay at this indent: a tree of 500 levels must keep its names on screen. */
const deepestIndent = 16;
/** Icons before the name and the gaps around name, detail and pill, with the pill's own frame. */
const besideWordsPx = 38 + 10 + 14 + 6;
/** The icon that opens the handler, beside the pill of a selected row. */
const openPx = 19;
/** As the style sheet has it: a longer name of a server is cut. */
const mostServerPx = 120;

export interface RowShown {
  readonly index: number;
  readonly row: SpanRow | undefined;
  readonly selected: boolean;
  /** The text of the running duration changes with it. */
  readonly now: number;
  /** More than one server in the session: a root row says whose it is. */
  readonly showServer: boolean;
  readonly handlerHint: boolean;
  /** Room for a row's icons and words at depth 0, px. */
  readonly roomPx: number;
  /** Width of a name and of a pill, px. */
  readonly widthOf: (text: string, kind: 'name' | 'pill') => number;
}

/** Copied for every row: making its elements one by one takes several times as long. */
const template = makeTemplate();

function makeTemplate(): HTMLElement {
  const open = icon('go-to-file', 'open');
  open.title = 'Open the handler (Enter)';
  const cell = element(
    'div',
    { class: 'cell-name', role: 'gridcell' },
    icon('chevron-right', 'twistie'),
    icon('circle', 'kind'),
    element('span', { class: 'name' }),
    element('span', { class: 'detail' }),
    element('span', { class: 'server' }),
    element('span', { class: 'pill' }),
    open,
  );
  const duration = element('div', { class: 'cell-duration', role: 'gridcell' });
  const bar = element('div', { class: 'cell-bar', role: 'gridcell' });
  return element('div', { class: 'row', role: 'row' }, cell, duration, bar);
}

function child(of: HTMLElement, place: number): HTMLElement {
  return of.children[place] as HTMLElement;
}

export class RowElement {
  readonly root = template.cloneNode(true) as HTMLElement;
  private readonly cell = child(this.root, 0);
  private readonly duration = child(this.root, 1);
  private readonly bar = child(this.root, 2);
  private readonly twistie = child(this.cell, 0);
  private readonly kind = child(this.cell, 1);
  private readonly name = child(this.cell, 2);
  private readonly detail = child(this.cell, 3);
  private readonly server = child(this.cell, 4);
  private readonly pill = child(this.cell, 5);
  private readonly open = child(this.cell, 6);
  private shownRow: SpanRow | undefined;
  private shownServer = false;
  private shownSelected = false;
  private shownRoomPx = 0;
  private index = -1;
  private topPx = Number.NaN;

  /** A decoration is a sticky copy: screen readers pass over it. */
  constructor(private readonly decoration = false) {
    if (!decoration) return;
    setAttribute(this.root, 'aria-hidden', 'true');
    for (const part of [this.root, this.cell, this.duration, this.bar]) {
      part.removeAttribute('role');
    }
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
    const same =
      row === this.shownRow &&
      shown.showServer === this.shownServer &&
      shown.selected === this.shownSelected &&
      shown.roomPx === this.shownRoomPx;
    if (!same) this.writeRow(row, shown);
  }

  /**
   * The name is cut last: the detail gives way, then the server goes, then the pill becomes an
   * icon.
   */
  private writeBeside(row: SpanRow, shown: RowShown): void {
    const taken = indentOf(row) + besideWordsPx + (shown.selected ? openPx : 0);
    const left = shown.roomPx - taken - shown.widthOf(oneLine(row.name), 'name');
    const pill = pillOf(row);
    const pillPx = pill ? shown.widthOf(pill.text, 'pill') : 0;
    setHidden(this.pill, pill === null);
    setClass(this.name, pill ? 'name beside-pill' : 'name');
    if (pill) {
      const small = pillPx > left;
      setText(this.pill, pill.text);
      setClass(this.pill, `pill pill-${pill.tone}${small ? ' pill-small' : ''}`);
      setAttribute(this.pill, 'title', small ? pill.text : null);
    }
    const server = shown.showServer && row.depth === 0 && !row.group ? oneLine(row.server, 40) : '';
    const serverPx = Math.min(mostServerPx, shown.widthOf(server, 'pill'));
    setText(this.server, server);
    setHidden(this.server, server === '' || pillPx + serverPx > left);
  }

  private writeRow(row: SpanRow, shown: RowShown): void {
    this.shownRow = row;
    this.shownServer = shown.showServer;
    this.shownSelected = shown.selected;
    this.shownRoomPx = shown.roomPx;
    this.cell.style.paddingLeft = `${indentOf(row)}px`;
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
    this.writeBeside(row, shown);
    setHidden(this.open, !shown.handlerHint || !hasHandler(row));
    if (this.decoration) return;
    setAttribute(this.root, 'aria-level', String(row.depth + 1));
    setAttribute(this.root, 'aria-expanded', foldable ? String(row.expanded) : null);
    const words = barSentence(row, shown.now);
    // Words in the page would be laid out for each row, though nobody sees them.
    setAttribute(this.bar, 'aria-label', words);
    setAttribute(this.bar, 'title', words);
  }
}

function indentOf(row: SpanRow): number {
  return 4 + Math.min(row.depth, deepestIndent) * indentPx;
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
