import { layers } from '../../core/trace/model.js';
import { flag } from '../../core/trace/spanColumns.js';
import { outcomeAt, textAt } from '../spanAt.js';
import { callsFound } from './findCalls.js';
import { formatDuration, formatTable, toPlain } from './formatText.js';
import { openStore } from './openStore.js';
import { readOptions } from './usage.js';

const help = `Usage: spanpath list --db FILE [--query Q] [--json]

Lists calls in order of time: start, server, name, arguments in short, duration, outcome, trace id.

  --query Q   which calls, as in the search field: 'tool:search status:error dur>200ms'
  --json      one JSON array
`;

export async function list(args: readonly string[]): Promise<number> {
  const { values } = readOptions({
    args: [...args],
    options: {
      db: { type: 'string' },
      query: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const store = await openStore(values.db);
  const { session } = store;
  const { index } = session;
  const { columns, names } = index;
  const calls = callsFound(store, values.query ?? '').map((slot) => {
    const span = session.readSpan(slot);
    const { traceId, spanId } = index.refOf(slot);
    const layer = layers[columns.layer[slot]!] ?? 'internal';
    const outcome = outcomeAt(session, slot);
    const text = span
      ? textAt(session, slot, span)
      : { name: names.text(columns.name[slot]!), detail: '' };
    const start = index.originNanos + BigInt(Math.round(index.startOf(slot)));
    return {
      traceId,
      spanId,
      startNanos: String(start),
      durationNanos: columns.duration[slot]!,
      server: session.serverName(slot),
      method: names.text(columns.method[slot]!),
      ...text,
      layer,
      outcome,
      isCall: (columns.flags[slot]! & flag.call) !== 0,
    };
  });
  if (values.json) process.stdout.write(`${JSON.stringify(calls, null, 2)}\n`);
  else {
    const rows = calls.map((call) => [
      new Date(Number(BigInt(call.startNanos) / 1_000_000n)).toISOString(),
      toPlain(call.server),
      toPlain(`${call.name} ${call.detail}`.trim()).slice(0, 80),
      formatDuration(call.durationNanos),
      call.outcome ?? '',
      call.traceId,
    ]);
    process.stdout.write(formatTable(rows, [3]));
  }
  store.close();
  return 0;
}
