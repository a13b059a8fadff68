import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewSpec } from '../../../../src/core/protocol.js';
import { type FlatTree, flattenTree, measureTree } from '../../../../src/core/trace/flatTree.js';
import { MatchCache } from '../../../../src/core/trace/matchCache.js';
import { type Layer, layers } from '../../../../src/core/trace/model.js';
import { RowPlan } from '../../../../src/core/trace/rowPlan.js';
import { flag } from '../../../../src/core/trace/spanColumns.js';
import { SpanIndex } from '../../../../src/core/trace/spanIndex.js';
import { findVisibleRows, keepRows } from '../../../../src/core/trace/visibleTree.js';
import { mcp, spanId, type Told, teller, theTrace } from './telling.js';

const otherTrace = theTrace.replace('4bf', '5cf');
const spec: ViewSpec = {
  query: '',
  scope: { kind: 'session' },
  hiddenLayers: [],
  expandedByDefault: true,
  toggled: [],
};

/** Spans of two traces and processes whose parents may come late, never, or be themselves. */
const tales = fc.array(
  fc.record({
    place: fc.nat(14),
    parent: fc.nat(16),
    start: fc.nat(50),
    duration: fc.nat(50),
    kind: fc.constantFrom(1, 2, 3),
    isCall: fc.boolean(),
    isOther: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
);

const specs = fc.record({
  hiddenLayers: fc.subarray<Layer>(['mcp-server', 'internal', 'mcp-client']),
  expandedByDefault: fc.boolean(),
  rawTimes: fc.boolean(),
  toggled: fc.subarray([0, 1, 2, 3, 4].map((place) => `${theTrace}:${spanId(`s${place}`)}`)),
  scope: fc.constantFrom<ViewSpec['scope']>(
    { kind: 'session' },
    { kind: 'trace', traceId: theTrace },
    { kind: 'span', traceId: theTrace, spanId: spanId('s1') },
  ),
});

type Tale = typeof tales extends fc.Arbitrary<(infer T)[]> ? T : never;

function toldOf(tale: Tale): Told {
  const { place, parent, start, duration, kind, isCall, isOther } = tale;
  return {
    id: `s${place}`,
    trace: isOther ? otherTrace : theTrace,
    ...(parent > 14 ? {} : { parent: `s${parent}` }),
    ...{ start, duration, kind },
    service: kind === 2 ? 'server' : 'client',
    attributes: isCall ? mcp('f') : {},
  };
}

/** Every row of a plan by the slow way: all trees laid out, nothing remembered. */
function rowsOneByOne(index: SpanIndex, plan: RowPlan): { tree: FlatTree; row: number }[] {
  const { scope, hiddenLayers, rawTimes = false, expandedByDefault, toggled } = plan.spec;
  const options = { hidden: layers.map((layer) => hiddenLayers.includes(layer)), rawTimes };
  const trace = scope.kind === 'trace' ? index.findTrace(scope.traceId) : -1;
  const tops =
    scope.kind === 'span'
      ? [index.find(scope)].filter((slot) => slot !== -1)
      : Array.from({ length: index.size }, (_, slot) => slot)
          .filter((slot) => index.columns.flags[slot]! & flag.used)
          .filter((slot) => index.columns.parent[slot] === -1)
          .filter((slot) => scope.kind === 'session' || index.columns.trace[slot] === trace)
          .sort((a, b) => index.startOf(a) - index.startOf(b) || a - b);
  return tops.flatMap((top) => {
    const tree = flattenTree(index, top, options);
    const isOpen = (slot: number): boolean => {
      const { traceId, spanId: span } = index.refOf(slot);
      return expandedByDefault !== toggled.includes(`${traceId}:${span}`);
    };
    const rows = findVisibleRows(tree, keepRows(tree, plan.matches), isOpen);
    return Array.from(rows, (row) => ({ tree, row }));
  });
}

function checkPlan(index: SpanIndex, plan: RowPlan): void {
  const expected = rowsOneByOne(index, plan).map(({ tree, row }) => tree.slots[row]!);
  const { total } = plan;
  const rows = plan.page(0, total).flatMap((row) => (row.kind === 'span' ? [row] : []));
  const found = rows.map(({ tree, row }) => tree.slots[row]!);
  // Trees that begin at the same time may stand in any order.
  expect([...found].sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
  expect(total).toBe(expected.length);
}

describe('the rows of a view', () => {
  it('are those that laying out every tree gives, while spans arrive and go', () => {
    fc.assert(
      fc.property(tales, specs, fc.nat(3), fc.nat(30), (told, changes, query, gone) => {
        const index = new SpanIndex();
        const tell = teller(index);
        const matches = [
          null,
          new MatchCache(index, (slot) => index.columns.kind[slot] === 3),
          new MatchCache(
            index,
            () => true,
            (slot) => index.columns.kind[slot] === 2,
          ),
          new MatchCache(
            index,
            (slot) => index.columns.duration[slot]! > 20e6,
            (slot) => index.columns.start[slot]! > 30e6,
          ),
        ][query]!;
        const plan = new RowPlan(index, { ...spec, ...changes }, matches, () => '');
        for (const tale of told) {
          tell(toldOf(tale));
          checkPlan(index, plan);
        }
        index.measures.work(5);
        index.remove(gone % index.size);
        checkPlan(index, plan);
      }),
      { numRuns: 300 },
    );
  });

  it('reach from the first start to the latest end of all trees', () => {
    fc.assert(
      fc.property(tales, fc.boolean(), (told, rawTimes) => {
        const index = new SpanIndex();
        const tell = teller(index);
        const plan = new RowPlan(index, { ...spec, rawTimes }, null, () => '');
        for (const tale of told) {
          tell(toldOf(tale));
          const options = { hidden: [], rawTimes };
          const tops = Array.from(index.roots.sorted());
          const ends = tops.map((top) => measureTree(index, top, options, () => true).end);
          expect(plan.extent(0)).toEqual({
            start: Math.min(...tops.map((top) => index.startOf(top))),
            end: Math.max(...ends),
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('measuring ahead', () => {
  it('comes to an end, and starts again with a change', () => {
    const index = new SpanIndex();
    const tell = teller(index);
    for (let place = 0; place < 50; place++) tell({ id: `s${place}` });
    tell({ id: 'other', trace: otherTrace });
    expect(index.measures.work(10)).toBe(true);
    while (index.measures.work(10));
    expect(index.measures.rowsOf(index.roots.sorted()[0]!)).toBe(1);
    tell({ id: 'below', parent: 's0' });
    expect(index.measures.rowsOf(index.roots.sorted()[0]!)).toBe(2);
    tell({ id: 'deeper', parent: 'below' });
    expect(index.measures.work(1_000)).toBe(false);
    expect(index.measures.rowsOf(index.roots.sorted()[0]!)).toBe(3);
  });
});
