/** Calls by tool and server: counts, errors, percentiles, a histogram; a click shows the calls. */
import type { CallStatistics } from '../src/core/protocol.js';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatShortCount,
} from '../src/core/view/durations.js';
import { quoteValue as quote } from '../src/core/view/queryWords.js';
import {
  histogramBars,
  type StatisticsKey,
  sortStatistics,
} from '../src/core/view/statisticsTable.js';
import type { ViewContext } from './context.js';
import type { OtherPane } from './details/pane.js';
import { hint, link } from './details/sections.js';
import { element, icon, oneLine } from './dom.js';

const columns: readonly { key: StatisticsKey; name: string; number: boolean }[] = [
  { key: 'name', name: 'Name', number: false },
  { key: 'server', name: 'Server', number: false },
  { key: 'calls', name: 'Calls', number: true },
  { key: 'errors', name: 'Errors', number: true },
  { key: 'p50', name: 'p50', number: true },
  { key: 'p95', name: 'p95', number: true },
  { key: 'p99', name: 'p99', number: true },
  { key: 'total', name: 'Total', number: true },
  { key: 'tokens', name: 'Tokens', number: true },
];
const mostRows = 60;

export class StatisticsPane implements OtherPane {
  readonly title = 'Statistics';
  readonly root = element('div', { class: 'statistics' });
  private key: StatisticsKey = 'total';
  private descending = true;
  private rows: readonly CallStatistics[] = [];
  private shown = '';

  constructor(private readonly context: ViewContext) {}

  refresh(): void {
    const { query, hidesProtocol = false } = this.context.state.spec;
    this.context.host
      .request('statistics/list', { query, hidesProtocol })
      .then((rows) => {
        const key = JSON.stringify(rows);
        if (key === this.shown) return;
        this.shown = key;
        this.rows = rows;
        this.render();
      })
      .catch((error: Error) => this.root.replaceChildren(hint(error.message)));
  }

  private render(): void {
    if (this.rows.length === 0) {
      this.root.replaceChildren(hint('No finished calls to count yet.'));
      return;
    }
    const focused = document.activeElement?.getAttribute('data-sort');
    const sorted = sortStatistics(this.rows, this.key, this.descending);
    const body = element(
      'tbody',
      {},
      ...sorted.slice(0, mostRows).map((row) => this.rowElement(row)),
    );
    this.root.replaceChildren(
      element(
        'table',
        { class: 'statistics-table', 'aria-label': 'Statistics by tool and server' },
        element('thead', {}, this.head()),
        body,
      ),
    );
    if (sorted.length > mostRows) this.root.append(hint(`${sorted.length - mostRows} more names.`));
    if (focused) this.root.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
  }

  private head(): HTMLElement {
    const line = element('tr', {});
    for (const column of columns) {
      const current = column.key === this.key;
      const sort = element(
        'button',
        { type: 'button', class: 'sort', 'data-sort': column.key },
        column.name,
        current ? icon(this.descending ? 'chevron-down' : 'chevron-up') : null,
      );
      sort.addEventListener('click', () => {
        this.descending = current ? !this.descending : column.number;
        this.key = column.key;
        this.render();
      });
      line.append(
        element(
          'th',
          {
            scope: 'col',
            class: column.number ? 'number' : undefined,
            'aria-sort': current ? (this.descending ? 'descending' : 'ascending') : undefined,
          },
          sort,
        ),
      );
    }
    line.append(element('th', { scope: 'col' }, 'Durations'));
    return line;
  }

  private rowElement(row: CallStatistics): HTMLElement {
    const show = link(oneLine(row.name, 80) || '(no name)', 'Show these calls', () =>
      this.context.updateSpec({
        query: `name:${quote(row.name)}${row.server ? ` server:${quote(row.server)}` : ''}`,
      }),
    );
    const number = (text: string, className = 'number') =>
      element('td', { class: className }, text);
    const tokens =
      row.inputTokens === null && row.outputTokens === null
        ? ''
        : `${formatShortCount(row.inputTokens ?? 0)} → ${formatShortCount(row.outputTokens ?? 0)}${
            row.cost === null ? '' : ` · ${formatCost(row.cost)}`
          }`;
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, show),
      element('td', {}, oneLine(row.server, 60)),
      number(
        row.running ? `${formatCount(row.calls)} (${row.running} running)` : formatCount(row.calls),
      ),
      number(formatCount(row.errors), row.errors ? 'number error-text' : 'number'),
      number(formatDuration(row.p50)),
      number(formatDuration(row.p95)),
      number(formatDuration(row.p99)),
      number(formatDuration(row.total)),
      number(tokens),
      element('td', { class: 'histogram-cell' }, histogramElement(row)),
    );
  }
}

function histogramElement(row: CallStatistics): HTMLElement {
  const bars = histogramBars(row.histogram, 24);
  const made = element('div', {
    class: 'histogram',
    role: 'img',
    'aria-label': `Durations from ${bars.from} to ${bars.to}`,
    title: `${bars.from} … ${bars.to}`,
  });
  for (const share of bars.shares) {
    const bar = element('span', {});
    bar.style.height = `${share === 0 ? 0 : Math.max(2, share * 16)}px`;
    made.append(bar);
  }
  return made;
}
