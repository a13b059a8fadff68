import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenTree } from '../../../../src/core/trace/flatTree.js';
import { layers } from '../../../../src/core/trace/model.js';
import { flag } from '../../../../src/core/trace/spanColumns.js';
import type { SpanIndex } from '../../../../src/core/trace/spanIndex.js';
import { indexOf, mcp, permutations, slotOf, spanId, type Told, theTrace } from './telling.js';

const visible = { hidden: layers.map(() => false), rawTimes: false };

/** Each row as `depth name`, tree after tree. */
function outline(index: SpanIndex): string[] {
  return Array.from(index.roots.sorted()).flatMap((top) => {
    const tree = flattenTree(index, top, visible);
    return Array.from(tree.slots, (slot, row) => {
      const present = index.columns.flags[slot]! & flag.present;
      const name = present ? index.names.text(index.columns.name[slot]!) : '?';
      return `${tree.depths[row]} ${name}`;
    });
  });
}

const chain: Told[] = [
  {
    id: 'tool',
    name: 'execute_tool f',
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'f' },
    duration: 100,
    service: 'agent',
  },
  {
    id: 'cli',
    parent: 'tool',
    kind: 3,
    start: 5,
    duration: 90,
    attributes: mcp('f'),
    service: 'agent',
  },
  {
    id: 'wire',
    parent: 'cli',
    kind: 3,
    start: 10,
    duration: 80,
    attributes: mcp('f'),
    scope: 'spanpath.shim',
    service: 'shim',
  },
  { id: 'srv', parent: 'wire', kind: 2, start: 20, duration: 60, attributes: mcp('f') },
  {
    id: 'http',
    parent: 'srv',
    kind: 3,
    start: 30,
    duration: 20,
    attributes: { 'http.request.method': 'GET' },
  },
];

describe('spans that arrive in any order', () => {
  it('make the same tree in every permutation of a whole call', () => {
    for (const order of permutations(chain)) {
      const index = indexOf(order);
      expect(outline(index)).toEqual(['0 execute_tool f', '1 cli', '2 wire', '3 srv', '4 http']);
      expect(index.calls.calls).toBe(1);
      expect(index.spans).toBe(5);
    }
  });

  it('make the same forest whatever the shape, the order and the repetitions', () => {
    const shapes = fc.array(fc.tuple(fc.nat(11), fc.nat(1000)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat(1_000_000)), (shape, noise) => {
        const told: Told[] = shape.map(([parent, start], place) => ({
          id: `s${place}`,
          // Some parents are never told, some spans are their own parents, some go in circles.
          parent: `s${parent}`,
          start,
        }));
        const shuffled = [...told, ...told.slice(0, 3)]
          .map((span) => ({ span, key: noise.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ span }) => span);
        const straight = indexOf(told);
        const mixed = indexOf(shuffled);
        expect(new Set(outline(mixed))).toEqual(new Set(outline(straight)));
        expect(mixed.spans).toBe(told.length);
      }),
      { numRuns: 300 },
    );
  });

  it('replace an earlier arrival of themselves, and count once', () => {
    const index = indexOf([
      { id: 'a', name: 'first', attributes: mcp('f') },
      { id: 'a', name: 'second', attributes: mcp('f') },
    ]);
    expect(outline(index)).toEqual(['0 second']);
    expect([index.spans, index.calls.calls]).toEqual([1, 1]);
  });
});

/** Names of the spans that stand for their calls. */
function calls(index: SpanIndex): string[] {
  return Array.from({ length: index.size }, (_, slot) => slot)
    .filter((slot) => index.columns.flags[slot]! & flag.call)
    .map((slot) => index.names.text(index.columns.name[slot]!))
    .sort();
}

describe('the chain of one call', () => {
  const [tool, client, wire, server] = chain as [Told, Told, Told, Told];

  it('is counted as its wire says, in whatever order its spans arrive', () => {
    const refused: Told = {
      ...wire,
      attributes: mcp('f', { 'spanpath.outcome': 'payload_error' }),
    };
    for (const order of permutations([tool, client, refused, server])) {
      const index = indexOf(order);
      expect(calls(index)).toEqual(['wire']);
      expect([index.calls.calls, index.calls.errors]).toEqual([1, 1]);
    }
  });

  it('is counted as its outermost span says where no wire was seen, or its wire is forgotten', () => {
    for (const order of permutations([tool, client, { ...server, parent: 'cli' }])) {
      expect(calls(indexOf(order))).toEqual(['execute_tool f']);
    }
    const index = indexOf(chain);
    index.remove(slotOf(index, 'wire'));
    expect([calls(index), index.calls.calls]).toEqual([['execute_tool f'], 1]);
  });

  it('is two calls when the tool was asked twice', () => {
    const again: Told[] = [
      { ...client, id: 'cli2', start: 200 },
      { ...wire, id: 'wire2', parent: 'cli2', start: 201 },
    ];
    expect(calls(indexOf([...again, ...chain]))).toEqual(['wire', 'wire2']);
  });

  it('counts the same in whatever order any spans arrive', () => {
    const links = [tool, client, wire, server, { id: '' }] as const;
    const shape = fc.record({
      parent: fc.option(fc.nat(9)),
      link: fc.constantFrom(...links),
      start: fc.nat(100),
    });
    const shapes = fc.array(shape, { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat(1_000_000)), (all, noise) => {
        const told = all.map(({ parent, link, start }, place): Told => {
          const { parent: _, ...rest } = link as Told;
          // Only upwards, so that no circle is cut at another place in another order.
          const above = parent === null || parent >= place ? {} : { parent: `s${parent}` };
          return { ...rest, ...above, id: `s${place}`, name: `s${place}`, start };
        });
        const shuffled = told
          .map((span) => ({ span, key: noise.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ span }) => span);
        const [straight, mixed] = [indexOf(told), indexOf(shuffled)];
        expect(calls(mixed)).toEqual(calls(straight));
        expect(mixed.calls.calls).toBe(calls(mixed).length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a parent that never arrives', () => {
  it('leaves a single child as the root', () => {
    const index = indexOf([{ id: 'wire', parent: 'gone', attributes: mcp('f') }]);
    expect(outline(index)).toEqual(['0 wire']);
  });

  it('is a placeholder above two children or more', () => {
    const index = indexOf([
      { id: 'one', parent: 'gone', start: 1 },
      { id: 'two', parent: 'gone', start: 2 },
    ]);
    expect(outline(index)).toEqual(['0 ?', '1 one', '1 two']);
  });

  it('takes its place when it comes after all', () => {
    const index = indexOf([
      { id: 'one', parent: 'late', start: 1 },
      { id: 'two', parent: 'late', start: 2 },
      { id: 'late', start: 0 },
    ]);
    expect(outline(index)).toEqual(['0 late', '1 one', '1 two']);
  });
});

describe('parent links that cannot be', () => {
  it('leave a span that is its own parent as a root, and mark it', () => {
    const index = indexOf([{ id: 'a', parent: 'a' }]);
    expect(outline(index)).toEqual(['0 a']);
    expect(index.columns.flags[slotOf(index, 'a')]! & flag.cycle).toBeTruthy();
  });

  it('open a circle at its earliest span, in every order of arrival', () => {
    const circle: Told[] = [
      { id: 'a', parent: 'c', start: 5 },
      { id: 'b', parent: 'a', start: 1 },
      { id: 'c', parent: 'b', start: 3 },
      { id: 'd', parent: 'c', start: 9 },
    ];
    for (const order of permutations(circle)) {
      const index = indexOf(order);
      expect(outline(index)).toEqual(['0 b', '1 c', '2 a', '2 d']);
      expect(index.columns.flags[slotOf(index, 'b')]! & flag.cycle).toBeTruthy();
    }
  });
});

describe('one request that two emitters told', () => {
  const wire: Told = {
    id: 'wire',
    kind: 3,
    duration: 100,
    attributes: mcp('f'),
    scope: 'spanpath.shim',
    service: 'shim',
  };
  it('is one row when both continued the wire', () => {
    const native: Told = {
      id: 'native',
      parent: 'wire',
      kind: 2,
      start: 10,
      duration: 50,
      attributes: mcp('f'),
      scope: 'mcp-python-sdk',
    };
    const hook: Told = {
      id: 'hook',
      parent: 'wire',
      kind: 2,
      start: 11,
      duration: 48,
      attributes: mcp('f'),
      scope: 'spanpath.hook.python',
    };
    const inner: Told = { id: 'inner', parent: 'hook', start: 12 };
    for (const order of permutations([wire, native, hook, inner])) {
      expect(outline(indexOf(order))).toEqual(['0 wire', '1 native', '2 inner']);
    }
  });

  it('stands below the handler that ran around it', () => {
    const hook: Told = {
      ...{ id: 'hook', parent: 'wire', kind: 2, start: 10.4, duration: 50 },
      attributes: mcp('f'),
      scope: 'spanpath.hook.node',
    };
    const handler: Told = { id: 'handler', parent: 'hook', start: 11, duration: 48 };
    const native: Told = {
      // Its clock counts whole milliseconds: it seems to start before what it runs in.
      ...{ id: 'native', parent: 'wire', kind: 2, start: 10.2, duration: 46 },
      attributes: mcp('f'),
      scope: 'weather',
    };
    const inner: Told = { id: 'inner', parent: 'native', start: 13 };
    for (const order of permutations([wire, hook, handler, native, inner])) {
      expect(outline(indexOf(order))).toEqual(['0 wire', '1 hook', '2 handler', '3 inner']);
    }
  });

  it('is one row when one stands in the other', () => {
    const outer: Told = { id: 'outer', parent: 'wire', kind: 2, attributes: mcp('f') };
    const inner: Told = { id: 'inner', parent: 'outer', kind: 2, attributes: mcp('f') };
    const below: Told = { id: 'below', parent: 'inner' };
    for (const order of permutations([wire, outer, inner, below])) {
      expect(outline(indexOf(order))).toEqual(['0 wire', '1 outer', '2 below']);
    }
  });

  it('stays two calls when an agent calls the same tool twice', () => {
    const index = indexOf([
      { id: 'agent', attributes: { 'gen_ai.operation.name': 'invoke_agent' }, duration: 500 },
      { id: 'one', parent: 'agent', kind: 3, start: 1, attributes: mcp('f') },
      { id: 'two', parent: 'agent', kind: 3, start: 20, attributes: mcp('f') },
    ]);
    expect(outline(index)).toEqual(['0 agent', '1 one', '1 two']);
    expect(index.calls.calls).toBe(2);
  });

  it('counts a call that a handler makes to another server on its own', () => {
    const index = indexOf([
      wire,
      { id: 'srv', parent: 'wire', kind: 2, attributes: mcp('f') },
      { id: 'out', parent: 'srv', kind: 3, attributes: mcp('g') },
    ]);
    expect(index.calls.calls).toBe(2);
  });
});

describe('clocks that disagree', () => {
  const wire: Told = {
    id: 'wire',
    kind: 3,
    start: 1000,
    duration: 100,
    attributes: mcp('f'),
    service: 'shim',
    scope: 'spanpath.shim',
  };
  const server: Told = {
    id: 'srv',
    parent: 'wire',
    kind: 2,
    start: 61_000,
    duration: 60,
    attributes: mcp('f'),
  };
  const inner: Told = { id: 'in', parent: 'srv', start: 61_010, duration: 5 };

  it('are repaired by centring the server in the wire, with all of its process', () => {
    for (const order of permutations([wire, server, inner])) {
      const index = indexOf(order);
      const tree = flattenTree(index, index.roots.sorted()[0]!, visible);
      expect(Array.from(tree.shifts ?? [])).toEqual([0, -59_980e6, -59_980e6]);
    }
  });

  it('are shown as reported when the user wants that', () => {
    const index = indexOf([wire, server, inner]);
    const tree = flattenTree(index, index.roots.sorted()[0]!, { ...visible, rawTimes: true });
    expect(tree.shifts).toBeNull();
  });

  it('are left alone where the spans nest', () => {
    const index = indexOf([wire, { ...server, start: 1010 }]);
    expect(flattenTree(index, index.roots.sorted()[0]!, visible).shifts).toBeNull();
  });
});

describe('a span that is forgotten', () => {
  it('leaves a placeholder while it has children, and nothing after them', () => {
    const index = indexOf([
      { id: 'top' },
      { id: 'one', parent: 'top' },
      { id: 'two', parent: 'top', start: 3 },
    ]);
    index.remove(slotOf(index, 'top'));
    expect(outline(index)).toEqual(['0 ?', '1 one', '1 two']);
    index.remove(slotOf(index, 'one'));
    expect(outline(index)).toEqual(['0 two']);
    index.remove(slotOf(index, 'two'));
    expect(outline(index)).toEqual([]);
    expect([index.spans, index.traces.count]).toEqual([0, 0]);
  });

  it('gives its slot to another one without mixing them up', () => {
    const index = indexOf([{ id: 'a', start: 50 }]);
    index.remove(slotOf(index, 'a'));
    index.addLive({
      span: { traceId: theTrace, spanId: spanId('b') },
      startNanos: 5n,
      name: 'b',
      kind: 3,
      method: 'ping',
      target: '',
      resource: 0,
    });
    expect(outline(index)).toEqual(['0 b']);
  });
});

describe('a call that runs', () => {
  it('becomes its finished span when that arrives', () => {
    const index = indexOf([]);
    const slot = index.addLive({
      span: { traceId: theTrace, spanId: spanId('wire') },
      startNanos: 1n,
      name: 'tools/call f',
      kind: 3,
      method: 'tools/call',
      target: 'f',
      resource: 0,
    });
    expect([index.calls.running, index.columns.duration[slot]]).toEqual([1, -1]);
    index.endLive(slot, 100n, 0);
    expect([index.calls.running, index.columns.duration[slot]]).toEqual([0, 99]);
    expect(index.spans).toBe(1);
  });
});
