import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../src/collector/collector.js';
import type { SpanDetails, SpanRow } from '../../src/core/protocol.js';
import { drive, serverFile } from './python/drive.js';
import { hasPython, prepareEnvironment } from './python/environments.js';

const token = 'token-of-the-test';
const spec = {
  query: '',
  scope: { kind: 'session' },
  hiddenLayers: [],
  expandedByDefault: true,
  toggled: [],
} as const;

/**
 * What stands in the trace of a call, outermost first. The hook adds what is missing, and puts
 * nothing between the spans of a server whose own SDK makes the SERVER span.
 */
const emitters: {
  readonly telemetry: string;
  readonly requirements: string;
  readonly launcher?: string;
  readonly scopes: readonly string[];
}[] = [
  {
    telemetry: 'none',
    requirements: 'mcp-2',
    scopes: ['mcp-python-sdk', 'spanpath.hook.python', 'mine', 'spanpath.hook.python'],
  },
  {
    telemetry: 'sdk',
    requirements: 'opentelemetry-sdk',
    scopes: ['mcp-python-sdk', 'mine', 'spanpath.hook.python'],
  },
  {
    telemetry: 'logfire',
    requirements: 'logfire',
    scopes: [
      'logfire.mcp',
      'spanpath.hook.python',
      'spanpath.hook.python',
      'mine',
      'spanpath.hook.python',
    ],
  },
  {
    telemetry: 'openllmetry',
    requirements: 'openllmetry',
    scopes: ['spanpath.hook.python', 'spanpath.hook.python', 'mine', 'spanpath.hook.python'],
  },
  {
    telemetry: 'openinference',
    requirements: 'openinference',
    scopes: ['spanpath.hook.python', 'spanpath.hook.python', 'mine', 'spanpath.hook.python'],
  },
  {
    telemetry: 'none',
    requirements: 'opentelemetry-auto',
    launcher: 'opentelemetry-instrument',
    scopes: [
      'spanpath.hook.python',
      'spanpath.hook.python',
      'mine',
      'opentelemetry.instrumentation.urllib',
    ],
  },
];

/** The row and all above it, outermost first. */
function ancestry(tree: readonly SpanRow[], at: number): readonly SpanRow[] {
  const row = tree[at];
  if (!row) return [];
  const parent = tree.slice(0, at).findLastIndex((one) => one.depth < row.depth);
  return [...ancestry(tree, parent), row];
}

describe.runIf(hasPython()).each(emitters)(
  'a server with $requirements',
  ({ telemetry, requirements, launcher, scopes }) => {
    let collector: Collector;
    let rows: readonly SpanRow[];
    beforeAll(async () => {
      collector = await startCollector({
        dbPath: null,
        token,
        discoveryDir: null,
        workspace: null,
      });
      const { python, bin } = prepareEnvironment(requirements, [11, 12, 13]);
      /** Both calls are there with all that the server says of them, in any order. */
      const settled = async (): Promise<void> => {
        for (;;) {
          const listed = await collector.handlers['rows/list']({ spec, from: 0, count: 1000 });
          rows = listed.rows;
          const chain = requestChain();
          const places = chain[0] && (await collector.handlers['call/places'](chain[0]));
          const failed = await Promise.all(treeOf('storm').map(details));
          const isRaised = failed.some(({ exception }) => exception?.message === 'no storm today');
          const isWhole = chain.length > scopes.length && isRaised;
          if (isWhole && places?.measured[0] && places.spans[0]) return;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      await drive({
        endpoint: collector.endpoint,
        token,
        command: [...(launcher ? [join(bin, launcher)] : []), python, serverFile('traced')],
        settled,
        env: { TEST_TELEMETRY: telemetry, ...(launcher ? { OTEL_METRICS_EXPORTER: 'none' } : {}) },
      });
      rows = (await collector.handlers['rows/list']({ spec, from: 0, count: 1000 })).rows;
    });
    afterAll(() => collector?.stop());

    /** The row of a call and all rows below it. */
    const treeOf = (tool: string): readonly SpanRow[] => {
      const from = rows.findIndex((row) => row.name === tool && row.layer === 'wire');
      const root = rows[from];
      return root ? rows.slice(from, from + 1 + root.descendants) : [];
    };
    /** From the wire to the HTTP request, outermost first. */
    const requestChain = (): readonly SpanRow[] => {
      const tree = treeOf('forecast');
      return ancestry(
        tree,
        tree.findIndex((row) => row.name.startsWith('GET')),
      );
    };
    const details = async (row: SpanRow): Promise<SpanDetails> => {
      const found = await collector.handlers['span/details']({
        traceId: row.traceId,
        spanId: row.spanId,
      });
      if (!found) throw new Error(`no details of ${row.name}`);
      return found;
    };

    it('has one joined trace for a call, from the wire to the HTTP request', async () => {
      const tree = treeOf('forecast');
      expect(tree[0]?.depth).toBe(0);
      expect(new Set(tree.map((row) => row.traceId)).size).toBe(1);
      const chain = requestChain();
      const inside = await Promise.all(
        chain.slice(1).map(async (row) => (await details(row)).scope),
      );
      expect(inside.map((scope) => scope.name)).toEqual(scopes);
      for (const [index, row] of chain.entries()) {
        const parent = chain[index - 1];
        if (!parent || row.duration === null || parent.duration === null) continue;
        expect(row.start).toBeGreaterThanOrEqual(parent.start);
        expect(row.start + row.duration).toBeLessThanOrEqual(parent.start + parent.duration);
      }
    });

    it('knows the handler of the call', async () => {
      const [root] = treeOf('forecast');
      if (!root) throw new Error('no root');
      const places = await collector.handlers['call/places']({
        traceId: root.traceId,
        spanId: root.spanId,
      });
      expect(places?.kind).toBe('tool');
      expect([...(places?.spans ?? [])].map((place) => place.file)).toContain(serverFile('traced'));
      expect(places?.measured[0]?.functionName).toBe('forecast');
    });

    it('shows the manual span in the handler, with what was said on it', async () => {
      const manual = treeOf('forecast').find((row) => row.name === 'ask the station');
      expect(manual).toBeDefined();
      expect(treeOf('forecast').filter((row) => row.name === 'ask the station')).toHaveLength(1);
      if (manual) expect((await details(manual)).attributes.station).toBe('north');
    });

    it('ends in an error when the handler raised, with its exception', async () => {
      const tree = treeOf('storm');
      expect(tree[0]?.outcome).toBe('tool_error');
      const exceptions = await Promise.all(tree.map(async (row) => (await details(row)).exception));
      const raised = exceptions.find((one) => one !== null && one.message === 'no storm today');
      expect(raised?.stack).toContain('in storm');
    });
  },
);
