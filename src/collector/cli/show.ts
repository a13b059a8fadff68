import type { SpanRow, ViewSpec } from '../../core/protocol.js';
import { formatDuration, formatTable, toPlain } from './formatText.js';
import { type OpenStore, openStore } from './openStore.js';
import { readOptions, UsageError } from './usage.js';

const help = `Usage: spanpath show --db FILE TRACE_ID [--json]

Shows one trace as a tree: duration, server, name, detail, outcome. The start of an id is enough.

  --json      one JSON object {traceId, originNanos, rows}; times in ns after originNanos
`;

const pageRows = 2_000;

export async function show(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions({
    args: [...args],
    allowPositionals: true,
    options: { db: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new UsageError('one TRACE_ID is wanted');
  const store = await openStore(values.db);
  const traceId = findTrace(store, wanted);
  const spec: ViewSpec = {
    query: '',
    scope: { kind: 'trace', traceId },
    hiddenLayers: [],
    expandedByDefault: true,
    toggled: [],
  };
  const rows: SpanRow[] = [];
  let originNanos = '0';
  for (;;) {
    const page = await store.queries['rows/list']({ spec, from: rows.length, count: pageRows });
    rows.push(...page.rows);
    originNanos = page.originNanos;
    if (page.rows.length === 0 || rows.length >= page.total) break;
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ traceId, originNanos, rows }, null, 2)}\n`);
  else {
    const lines = rows.map((row) => [
      formatDuration(row.duration),
      toPlain(row.server),
      `${'  '.repeat(row.depth)}${toPlain(`${row.name}  ${row.detail}`)}`.trimEnd(),
      row.outcome ?? (row.status === 2 ? 'error' : ''),
    ]);
    process.stdout.write(formatTable(lines, [0]));
  }
  store.close();
  return 0;
}

function findTrace({ session }: OpenStore, wanted: string): string {
  const { index } = session;
  const found = new Set<string>();
  for (const root of index.roots.sorted()) {
    const { traceId } = index.refOf(root);
    if (traceId.startsWith(wanted.toLowerCase())) found.add(traceId);
  }
  const [first, second] = found;
  if (first === undefined) throw new Error(`no trace begins with '${wanted}'; see spanpath list`);
  if (second !== undefined)
    throw new Error(`several traces begin with '${wanted}'; give more of it`);
  return first;
}
