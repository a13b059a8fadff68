import type { Overview, RowsPage, SpanRow, ViewSpec } from '../core/protocol.js';
import type { MatchCache } from '../core/trace/matchCache.js';
import { layers, type SpanRef, type StatusCode } from '../core/trace/model.js';
import { endedByCancel, isError } from '../core/trace/queryCompile.js';
import { QueryError } from '../core/trace/queryParse.js';
import { type PlannedRow, RowPlan } from '../core/trace/rowPlan.js';
import { flag } from '../core/trace/spanColumns.js';
import { attributeTime } from '../core/trace/timeParts.js';
import { nowNanos } from './clock.js';
import type { Places } from './places.js';
import type { QueryCache } from './queryCache.js';
import type { Session } from './session.js';
import { outcomeAt, textAt } from './spanAt.js';

const maxPlans = 6;
const maxMarks = 100;
/** Rows that the overview looks at one by one. */
const mostCounted = 100_000;
/** A page is never larger, whatever is asked for. */
const maxRows = 2_000;

/** Answers what the waterfall asks: pages of rows, places of spans, the overview. */
export class Rows {
  private readonly plans = new Map<string, RowPlan>();

  constructor(
    private readonly session: Session,
    private readonly queries: QueryCache,
    private readonly places: Places,
  ) {}

  list(spec: ViewSpec, from: number, count: number): RowsPage {
    const { index } = this.session;
    const { plan, queryError } = this.planOf(spec);
    const now = this.now();
    const extent = plan.extent(now);
    const first =
      from < 0
        ? Math.max(0, plan.total - count)
        : Math.max(0, Math.min(Math.floor(from), plan.total));
    const page = plan.page(first, Math.min(Math.max(0, Math.floor(count)), maxRows));
    const critical = new Map<object, Uint8Array>();
    const toRow = (row: PlannedRow): SpanRow => this.toRow(plan, row, extent.start, now, critical);
    return {
      revision: index.revision,
      total: plan.total,
      ...(plan.hiddenCalls === 0 ? {} : { hiddenCalls: plan.hiddenCalls }),
      from: first,
      originNanos: String(index.originNanos + BigInt(Math.round(extent.start))),
      start: 0,
      end: extent.end - extent.start,
      rows: page.map(toRow),
      ancestors: page.length > 0 ? plan.ancestorsOf(first).map(toRow) : [],
      queryError,
    };
  }

  locate(spec: ViewSpec, span: SpanRef): number | null {
    const slot = this.session.index.find(span);
    return slot === -1 ? null : this.planOf(spec).plan.locate(slot);
  }

  next(
    spec: ViewSpec,
    from: number,
    backwards: boolean,
    matching: string,
  ): { span: SpanRef; unfold: readonly string[] } | null {
    const { plan } = this.planOf(spec);
    const { cache } = this.queries.get(matching);
    const { index } = this.session;
    const [current] = plan.page(Math.max(0, from), 1);
    const startUnit = from < 0 ? 0 : plan.unitAt(Math.min(from, plan.total - 1));
    for (const { tree, unit } of plan.allRows(startUnit, backwards ? -1 : 1)) {
      const isCurrent = current?.kind === 'span' && current.tree === tree && from >= 0;
      const count = tree.slots.length;
      const step = backwards ? -1 : 1;
      let row = isCurrent ? current.row + step : backwards ? count - 1 : 0;
      for (; row >= 0 && row < count; row += step) {
        const slot = tree.slots[row]!;
        if (!plan.isKept(tree, row) || (cache && !cache.matches(slot))) continue;
        if (!(index.columns.flags[slot]! & flag.present)) continue;
        const unfold: string[] = [];
        const group = plan.groupOf(unit);
        if (group && !plan.isExpanded(`group:${group.key}`)) unfold.push(`group:${group.key}`);
        for (let above = 0; above < row; ) {
          if (row > above + tree.descendants[above]!) above += tree.descendants[above]! + 1;
          else {
            const id = plan.rowId(tree.slots[above]!);
            if (!plan.isExpanded(id)) unfold.push(id);
            above++;
          }
        }
        return { span: index.refOf(slot), unfold };
      }
    }
    return null;
  }

  overview(spec: ViewSpec, buckets: number): Overview {
    const { index } = this.session;
    const { plan } = this.planOf(spec);
    const now = this.now();
    const { start, end } = plan.extent(now);
    const count = Math.min(Math.max(1, Math.floor(buckets)), 10_000);
    const counts = new Array<number>(count).fill(0);
    const errors = new Array<number>(count).fill(0);
    const width = (end - start) / count || 1;
    const put = (slot: number): void => {
      const place = Math.floor((index.startOf(slot) - start) / width);
      const bucket = Math.min(Math.max(place, 0), count - 1);
      counts[bucket] = counts[bucket]! + 1;
      if (isError(index, slot)) errors[bucket] = errors[bucket]! + 1;
    };
    // Of a great many calls the calls alone give the same picture.
    const counted = plan.total < mostCounted;
    for (const top of plan.shownTops()) {
      if (!counted || index.columns.firstChild[top] === -1) put(top);
      else for (const slot of plan.visibleTree(top).slots) put(slot);
    }
    const originNanos = String(index.originNanos + BigInt(Math.round(start)));
    return { originNanos, start: 0, end: end - start, counts, errors };
  }

  /** One row outside any page, for details. */
  single(slot: number): { row: SpanRow; originNanos: string } {
    const { index } = this.session;
    const { traceId, spanId } = index.refOf(slot);
    const spec: ViewSpec = {
      query: '',
      scope: { kind: 'span', traceId, spanId },
      hiddenLayers: [],
      expandedByDefault: true,
      toggled: [],
    };
    const plan = new RowPlan(index, spec, null, (at) => this.session.serverName(at));
    try {
      const start = index.startOf(slot);
      const [planned] = plan.page(0, 1);
      const originNanos = String(index.originNanos + BigInt(Math.round(start)));
      const now = this.now();
      return { row: this.toRow(plan, planned!, start, now, new Map()), originNanos };
    } finally {
      plan.dispose();
    }
  }

  private now(): number {
    return Number(nowNanos() - this.session.index.originNanos);
  }

  private planOf(spec: ViewSpec): { plan: RowPlan; queryError: RowsPage['queryError'] } {
    let matches: MatchCache | null = null;
    let queryError: RowsPage['queryError'] = null;
    try {
      matches = this.queries.get(spec.query).cache;
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      const { message, from, to } = error;
      queryError = { message, from, to };
    }
    const key = JSON.stringify(spec);
    let plan = this.plans.get(key);
    this.plans.delete(key);
    if (plan && plan.matches !== matches) {
      plan.dispose();
      plan = undefined;
    }
    plan ??= new RowPlan(this.session.index, spec, matches, (slot) =>
      this.session.serverName(slot),
    );
    this.plans.set(key, plan);
    for (const [old, unused] of this.plans) {
      if (this.plans.size <= maxPlans) break;
      unused.dispose();
      this.plans.delete(old);
    }
    return { plan, queryError };
  }

  private toRow(
    plan: RowPlan,
    planned: PlannedRow,
    origin: number,
    now: number,
    critical: Map<object, Uint8Array>,
  ): SpanRow {
    if (planned.kind === 'group') return this.toGroupRow(planned, origin, now);
    const { session } = this;
    const { columns, names } = session.index;
    const { tree, row } = planned;
    const slot = tree.slots[row]!;
    const ref = session.index.refOf(slot);
    const isPresent = (columns.flags[slot]! & flag.present) !== 0;
    const duration = columns.duration[slot]!;
    const shift = tree.shifts?.[row] ?? 0;
    const span = isPresent ? session.readSpan(slot) : null;
    const layer = layers[columns.layer[slot]!] ?? 'internal';
    const own = outcomeAt(session, slot);
    const failed = own === null ? columns.status[slot] === 2 : own !== 'ok' && own !== 'cancelled';
    const outcome = failed && endedByCancel(session.index, slot) ? 'cancelled' : own;
    const method = names.text(columns.method[slot]!);
    const text = span
      ? textAt(session, slot, span)
      : { name: 'missing parent', detail: 'its span has not arrived' };
    let marked = critical.get(tree);
    if (!marked && tree.slots.length > 1) {
      marked = plan.critical(tree, now);
      critical.set(tree, marked);
    }
    const tokens = session.index.tokens.get(slot);
    const cost = session.index.costs.get(slot);
    const detail = text.detail || (layer === 'mcp-server' ? this.places.shortPlace(slot) : '');
    const start = session.index.startOf(slot) + shift - origin;
    return {
      id: `${ref.traceId}:${ref.spanId}`,
      ...ref,
      depth: planned.depth,
      descendants: tree.descendants[row]!,
      expanded: planned.expanded,
      placeholder: !isPresent,
      layer,
      name: text.name,
      detail,
      server: session.serverName(slot),
      start,
      duration: isPresent
        ? duration < 0
          ? null
          : duration
        : this.childrenExtent(planned, now, start + origin),
      status: columns.status[slot] as StatusCode,
      outcome: duration < 0 ? null : outcome,
      parts: attributeTime(session.index, tree, row, now, origin),
      marks: span ? this.marksOf(ref, span.events, shift, origin) : [],
      critical: marked?.[row] === 1,
      ...(method === '' ? {} : { method }),
      kind: columns.kind[slot]!,
      ...(shift === 0 ? {} : { skew: shift }),
      ...(tokens && layer === 'llm' ? { tokens: { input: tokens[0], output: tokens[1] } } : {}),
      ...(cost !== undefined && layer === 'llm' ? { cost } : {}),
    };
  }

  private childrenExtent(
    planned: Extract<PlannedRow, { kind: 'span' }>,
    now: number,
    start: number,
  ): number {
    const { index } = this.session;
    const { tree, row } = planned;
    let end = start;
    for (let below = row + 1; below <= row + tree.descendants[row]!; below++) {
      const slot = tree.slots[below]!;
      const duration = index.columns.duration[slot]!;
      end = Math.max(end, duration < 0 ? now : index.startOf(slot) + duration);
    }
    return end - start;
  }

  private marksOf(
    ref: SpanRef,
    events: readonly { readonly name: string; readonly timeNanos: bigint }[],
    shift: number,
    origin: number,
  ): number[] {
    const { index, logs } = this.session;
    const offsetOf = (time: bigint): number => Number(time - index.originNanos) + shift - origin;
    const marks = events
      // The two messages of a call stand at its ends anyway.
      .filter((event) => event.name !== 'spanpath.message')
      .map((event) => offsetOf(event.timeNanos));
    for (const log of logs.ofSpan(ref)) marks.push(offsetOf(log.timeNanos));
    return marks.sort((a, b) => a - b).slice(0, maxMarks);
  }

  private toGroupRow(
    planned: Extract<PlannedRow, { kind: 'group' }>,
    origin: number,
    now: number,
  ): SpanRow {
    const { index } = this.session;
    const { group } = planned;
    let start = Number.POSITIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    for (const top of group.tops) {
      const from = index.startOf(top);
      const duration = index.columns.duration[top]!;
      start = Math.min(start, from);
      end = Math.max(end, duration < 0 ? now : from + duration);
    }
    const calls = group.tops.length;
    return {
      id: `group:${group.key}`,
      traceId: '',
      spanId: '',
      depth: 0,
      descendants: calls,
      expanded: planned.expanded,
      placeholder: false,
      layer: 'internal',
      name: group.label,
      detail: `${calls} ${calls === 1 ? 'call' : 'calls'}`,
      server: group.server,
      start: start - origin,
      duration: end - start,
      status: group.errors > 0 ? 2 : 0,
      outcome: null,
      parts: [],
      marks: [],
      critical: false,
      group: { calls, errors: group.errors },
    };
  }
}
