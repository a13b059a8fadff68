/** Two calls side by side: aligned by structure, with their durations, arguments and results. */
import type { SpanDetails, SpanRow, ViewSpec } from '../../src/core/protocol.js';
import type { SpanRef } from '../../src/core/trace/model.js';
import { type AlignedRow, alignRows, durationChange } from '../../src/core/view/align.js';
import { formatMoment } from '../../src/core/view/clock.js';
import { formatDuration } from '../../src/core/view/durations.js';
import { printForDiff } from '../../src/core/view/jsonTree.js';
import { quoteValue as quote } from '../../src/core/view/queryWords.js';
import type { ViewContext } from '../context.js';
import { button } from '../controls.js';
import type { OtherPane } from '../details/pane.js';
import { hint, link } from '../details/sections.js';
import { element, icon, oneLine } from '../dom.js';
import { refOf, run } from '../hostActions.js';
import { initialState } from '../viewState.js';
import { iconOf } from '../waterfall/rowWords.js';

/** Rows read of either side; more say so. */
const mostRows = 300;

const callLayers: ReadonlySet<string> = new Set(['tool', 'mcp-client', 'wire']);

interface Side {
  readonly details: SpanDetails;
  readonly rows: readonly SpanRow[];
  readonly total: number;
}

export class ComparePane implements OtherPane {
  readonly title = 'Compare';
  readonly root = element('div', { class: 'compare' });
  private marked: SpanRow | null = null;

  constructor(private readonly context: ViewContext) {}

  /** The first of two: the next call chosen is laid beside it. */
  mark(row: SpanRow): void {
    const { marked } = this;
    if (marked && marked.id !== row.id) {
      this.marked = null;
      this.show(refOf(marked), refOf(row));
      return;
    }
    this.marked = row;
    this.context.notify(`Choose another call to compare with ${row.name}.`);
  }

  /** The selected call beside the one before it of the same name: before and after an edit. */
  async withPrevious(): Promise<void> {
    const { context } = this;
    const { selected } = context.state;
    const index = selected && context.rows.indexOf(selected.id);
    const row = index === null ? undefined : this.callAt(index);
    if (!row) {
      context.notify('Select a call first.');
      return;
    }
    const spec = { ...initialState.spec, expandedByDefault: true };
    const matching = `name:${quote(row.name)}${row.server ? ` server:${quote(row.server)}` : ''} layer:${row.layer}`;
    try {
      const { index: place } = await context.host.request('rows/locate', {
        spec,
        span: refOf(row),
      });
      const found =
        place === null
          ? null
          : await context.host.request('rows/next', {
              spec,
              from: place,
              backwards: true,
              matching,
            });
      if (found) this.show(found.span, refOf(row));
      else context.notify(`There is no call of ${row.name} before this one.`);
    } catch (error) {
      context.notify((error as Error).message, 'error');
    }
  }

  /** What a server and its handler do is compared as the call that they are part of. */
  private callAt(index: number): SpanRow | undefined {
    const { rows } = this.context;
    const row = rows.row(index);
    if (row?.layer !== 'mcp-server' && row?.name !== 'handler') return row;
    const around = rows.ancestors(index).findLast(({ layer }) => callLayers.has(layer));
    return around ?? row;
  }

  show(left: SpanRef, right: SpanRef): void {
    this.context.update({ compared: { left, right }, pane: 'compare' });
    this.refresh();
  }

  refresh(): void {
    const { compared } = this.context.state;
    if (!compared) {
      this.root.replaceChildren(
        hint(
          'Choose two calls by the menu of their rows, or press Compare in the details of a call.',
        ),
      );
      return;
    }
    Promise.all([this.read(compared.left), this.read(compared.right)])
      .then(([left, right]) => {
        if (left && right) this.render(left, right);
        else this.root.replaceChildren(hint('One of the two calls is no longer kept.'));
      })
      .catch((error: Error) => this.root.replaceChildren(hint(error.message)));
  }

  private async read(span: SpanRef): Promise<Side | null> {
    const spec: ViewSpec = { ...initialState.spec, scope: { kind: 'span', ...refOf(span) } };
    const [details, page] = await Promise.all([
      this.context.host.request('span/details', refOf(span)),
      this.context.host.request('rows/list', { spec, from: 0, count: mostRows }),
    ]);
    return details && { details, rows: page.rows, total: page.total };
  }

  private render(left: Side, right: Side): void {
    const { scrollTop } = this.root;
    const pairs = alignRows(left.rows, right.rows);
    const longest = Math.max(
      ...pairs.flatMap((pair) => [pair.left?.duration ?? 0, pair.right?.duration ?? 0]),
      1,
    );
    const body = element('tbody', {}, ...pairs.map((pair) => this.pairElement(pair, longest)));
    const head = element(
      'tr',
      {},
      element('th', { scope: 'col' }, 'Span'),
      this.sideHead('Before', left),
      this.sideHead('After', right),
      element('th', { scope: 'col', class: 'number' }, 'Change'),
    );
    this.root.replaceChildren(
      this.texts(left.details, right.details),
      element(
        'table',
        { class: 'compare-table', 'aria-label': 'Two calls by structure' },
        element('thead', {}, head),
        body,
      ),
    );
    const left_out = Math.max(left.total, right.total) - mostRows;
    if (left_out > 0) this.root.append(hint(`${left_out} more spans are not compared.`));
    this.root.scrollTop = scrollTop;
  }

  private sideHead(name: string, side: Side): HTMLElement {
    const { row, originNanos } = side.details;
    return element(
      'th',
      { scope: 'col' },
      link(
        `${name} · ${formatMoment(originNanos, row.start, 'local')}`,
        'Select this call',
        () => void this.context.reveal(row),
      ),
    );
  }

  private texts(first: SpanDetails, { row, ...second }: SpanDetails): HTMLElement {
    const line = element('div', { class: 'compare-texts' });
    const both = [
      ['Arguments', first.argumentsText, second.argumentsText],
      ['Result', first.resultText, second.resultText],
    ] as const;
    for (const [name, before, after] of both) {
      if (before === null && after === null) continue;
      const [left, right] = [before, after].map((text) => printForDiff(text ?? ''));
      const same = left === right;
      line.append(
        element(
          'span',
          { class: 'compare-text' },
          icon(same ? 'check' : 'diff'),
          `${name} ${same ? 'the same' : name === 'Result' ? 'differs' : 'differ'}`,
          same
            ? null
            : button({
                label: `Diff ${name.toLowerCase()}`,
                onPress: () => this.diff(name, row.name, left ?? '', right ?? ''),
              }),
        ),
      );
    }
    return line;
  }

  private diff(what: string, name: string, before: string, after: string): void {
    run(this.context, 'text/diff', {
      title: `${name}: ${what.toLowerCase()} before ↔ after`,
      language: 'json',
      left: { title: `${what} before`, text: before },
      right: { title: `${what} after`, text: after },
    });
  }

  private pairElement(pair: AlignedRow, longest: number): HTMLElement {
    const row = pair.right ?? pair.left;
    const change = durationChange(pair);
    const name = element('th', { scope: 'row' });
    name.style.paddingLeft = `${4 + pair.depth * 14}px`;
    if (row) name.append(icon(iconOf(row), `kind layer-${row.layer}`), oneLine(row.name, 80));
    return element(
      'tr',
      {},
      name,
      durationCell(pair.left, longest),
      durationCell(pair.right, longest),
      element('td', { class: `number ${toneOf(pair, change)}` }, changeText(pair, change)),
    );
  }
}

function durationCell(row: SpanRow | null, longest: number): HTMLElement {
  if (!row) return element('td', { class: 'compare-missing' }, 'not there');
  const bar = element('div', { class: `compare-bar layer-${row.layer}` });
  bar.style.width = `${Math.max(1, ((row.duration ?? 0) / longest) * 100)}%`;
  const text = row.duration === null ? 'running' : formatDuration(row.duration);
  return element('td', {}, element('span', { class: 'number' }, text), bar);
}

function changeText(pair: AlignedRow, change: number | null): string {
  if (!pair.left) return 'new';
  if (!pair.right) return 'gone';
  if (change === null) return '';
  const before = pair.left.duration ?? 0;
  const share =
    before > 0
      ? ` (${change > 0 ? '+' : '−'}${Math.abs(Math.round((change / before) * 100))} %)`
      : '';
  return `${change > 0 ? '+' : ''}${formatDuration(change)}${share}`;
}

/** A tenth is noise. */
function toneOf(pair: AlignedRow, change: number | null): string {
  const before = pair.left?.duration ?? 0;
  if (change === null || Math.abs(change) < before * 0.1) return '';
  return change > 0 ? 'slower' : 'faster';
}
