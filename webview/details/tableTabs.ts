/** Timing, attributes, events with logs, and the wire, as tables and lists. */
import type { SpanDetails, WireMessage } from '../../src/core/protocol.js';
import type { AttributeValue } from '../../src/core/trace/model.js';
import { explainAttribute } from '../../src/core/view/attributeWords.js';
import { formatMoment } from '../../src/core/view/clock.js';
import { formatBytes, formatDuration } from '../../src/core/view/durations.js';
import type { ViewContext } from '../context.js';
import { element, oneLine } from '../dom.js';
import { jsonSection } from './jsonSection.js';
import { JsonView } from './jsonView.js';
import { hint, section, type TableRow, table, textBlock } from './sections.js';

export function timingTab(context: ViewContext, details: SpanDetails): HTMLElement {
  const { row } = details;
  const whole = row.duration ?? Math.max(0, context.now() - row.start);
  const body = element('tbody', {});
  const parts = details.timing.length
    ? details.timing
    : row.parts.map((part) => ({ label: part.kind, start: part.start, duration: part.duration }));
  const all = [{ label: row.name, start: row.start, duration: whole }, ...parts];
  for (const part of all) {
    const left = whole ? ((part.start - row.start) / whole) * 100 : 0;
    const width = whole ? (part.duration / whole) * 100 : 0;
    const kind = part.label.toLowerCase().match(/handler|server|children|wait|gap/)?.[0] ?? 'whole';
    const bar = element('div', { class: `timing-bar timing-${kind}` });
    bar.style.left = `${Math.max(0, Math.min(99, left))}%`;
    bar.style.width = `${Math.max(0.5, Math.min(100 - left, width))}%`;
    body.append(
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, oneLine(part.label, 80)),
        element('td', { class: 'number' }, `+${formatDuration(part.start - row.start)}`),
        element('td', { class: 'number' }, formatDuration(part.duration)),
        element(
          'td',
          { class: 'number' },
          `${width < 10 ? width.toFixed(1) : Math.round(width)} %`,
        ),
        element('td', { class: 'timing-track', 'aria-hidden': 'true' }, bar),
      ),
    );
  }
  const head = element('tr', {});
  for (const name of ['Part', 'Start', 'Duration', 'Share', '']) {
    const className = name === 'Part' ? undefined : 'number';
    head.append(name ? element('th', { scope: 'col', class: className }, name) : element('td', {}));
  }
  const times = table(context, 'Moments', [
    { key: 'Started', value: formatMoment(details.originNanos, row.start, 'local') },
    {
      key: 'Ended',
      value:
        row.duration === null
          ? 'running'
          : formatMoment(details.originNanos, row.start + row.duration, 'local'),
    },
  ]);
  return element(
    'div',
    { class: 'column' },
    element('table', { class: 'timing', 'aria-label': 'Timing' }, element('thead', {}, head), body),
    times,
  );
}

export function attributesTab(context: ViewContext, details: SpanDetails): HTMLElement {
  const rowsOf = (attributes: Readonly<Record<string, AttributeValue>>): TableRow[] =>
    Object.entries(attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, 120)
      .map(([key, value]) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        const explanation = explainAttribute(key);
        return {
          key,
          ...(explanation ? { title: explanation } : {}),
          value: oneLine(text, 600),
          copy: text,
        };
      });
  const { row } = details;
  const identity: TableRow[] = [
    { key: 'span name', value: oneLine(details.spanName), copy: details.spanName },
    { key: 'trace id', value: row.traceId, copy: row.traceId },
    { key: 'span id', value: row.spanId, copy: row.spanId },
    { key: 'scope', value: oneLine(`${details.scope.name} ${details.scope.version}`) },
  ];
  if (details.sources.length)
    identity.push({ key: 'reported by', value: details.sources.join(', ') });
  for (const link of details.links.slice(0, 20)) {
    identity.push({ key: 'link', value: `${link.traceId}:${link.spanId}`, copy: link.spanId });
  }
  return element(
    'div',
    { class: 'columns' },
    element(
      'div',
      { class: 'column' },
      section('Attributes', [
        Object.keys(details.attributes).length
          ? table(context, 'Attributes', rowsOf(details.attributes))
          : hint('This span carries none.'),
      ]),
    ),
    element(
      'div',
      { class: 'column' },
      section('Span', [table(context, 'Span', identity)]),
      section('Resource', [table(context, 'Resource', rowsOf(details.resource))]),
    ),
  );
}

/** Events of the span and logs of its time, in one order. */
export function logsTab(context: ViewContext, details: SpanDetails): HTMLElement {
  const { row, originNanos } = details;
  const entries = [
    ...details.events
      .filter((event) => event.name !== 'spanpath.message')
      .map((event) => ({ ...event, level: 'event', text: event.name })),
    ...details.logs.map((log) => ({
      ...log,
      level: log.severityText || 'log',
      text: typeof log.body === 'string' ? log.body : JSON.stringify(log.body),
    })),
  ].sort((a, b) => (BigInt(a.timeNanos) < BigInt(b.timeNanos) ? -1 : 1));
  if (entries.length === 0) return hint('No events, and nothing was logged while this call ran.');
  const list = element('div', { class: 'log-list', role: 'list' });
  for (const entry of entries.slice(0, 300)) {
    const offset = Number(BigInt(entry.timeNanos) - BigInt(originNanos)) - row.start;
    const level = entry.level.toLowerCase();
    const made = element(
      'div',
      {
        class: `log log-${/err|fatal/.test(level) ? 'error' : /warn/.test(level) ? 'warning' : 'plain'}`,
        role: 'listitem',
      },
      element('span', { class: 'log-time' }, `+${formatDuration(offset)}`),
      element('span', { class: 'log-level' }, oneLine(entry.level, 12)),
      element('span', { class: 'log-text' }, oneLine(entry.text, 4000)),
    );
    if (Object.keys(entry.attributes).length) {
      made.append(new JsonView(context, entry.attributes, 'Attributes of the entry').root);
    }
    list.append(made);
  }
  if (entries.length > 300) list.append(hint(`${entries.length - 300} more are not shown.`));
  return list;
}

export function wireTab(context: ViewContext, details: SpanDetails): HTMLElement {
  if (details.wire.length === 0) {
    return hint('No message was recorded: this span did not come from the tracing shim.');
  }
  const root = element('div', { class: 'column wire' });
  for (const message of details.wire.slice(0, 60))
    root.append(messageOf(context, details, message));
  return root;
}

function messageOf(context: ViewContext, details: SpanDetails, message: WireMessage): HTMLElement {
  const offset =
    Number(BigInt(message.timeNanos) - BigInt(details.originNanos)) - details.row.start;
  const toServer = message.direction === 'client-to-server';
  const title = `${toServer ? 'Client → server' : 'Server → client'} · +${formatDuration(offset)} · ${formatBytes(message.bytes)}`;
  if (message.truncated) {
    return section(title, [
      hint('Cut: the message is larger than what is kept.'),
      textBlock(context, message.body, title),
    ]);
  }
  return jsonSection(context, title, message.body);
}
