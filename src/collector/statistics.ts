import type { CallStatistics } from '../core/protocol.js';
import { layers } from '../core/trace/model.js';
import { protocolTest } from '../core/trace/protocolCalls.js';
import { isError } from '../core/trace/queryCompile.js';
import { flag } from '../core/trace/spanColumns.js';
import type { QueryCache } from './queryCache.js';
import type { Session } from './session.js';

const llm = layers.indexOf('llm');
const buckets = 24;
/** Upper bound of the first bucket, ns. */
const firstBucket = 10_000;

interface Gathered {
  readonly server: string;
  readonly name: string;
  readonly layer: number;
  readonly durations: number[];
  calls: number;
  errors: number;
  running: number;
  input: number;
  output: number;
  hasTokens: boolean;
  /** US dollars of the rounds that say it; null while none did. */
  cost: number | null;
}

/** Calls and LLM rounds gathered by server and name. @throws QueryError */
export function listStatistics(
  session: Session,
  queries: QueryCache,
  query: string,
  hidesProtocol: boolean,
): CallStatistics[] {
  const { cache } = queries.get(query);
  const { index } = session;
  const { columns, names } = index;
  const isHidden =
    hidesProtocol && !cache ? protocolTest(columns, names) : (_slot: number) => false;
  const found = new Map<string, Gathered>();
  for (let slot = 0; slot < index.size; slot++) {
    const flags = columns.flags[slot]!;
    const isLlm = columns.layer[slot] === llm && (flags & flag.present) !== 0;
    if (!(flags & flag.call) && !isLlm) continue;
    if (cache ? !cache.matches(slot) : isHidden(slot)) continue;
    const name = names.text(columns.target[slot] || columns.method[slot] || columns.name[slot]!);
    const server = session.serverName(slot);
    const key = `${server}\n${name}\n${columns.layer[slot]}`;
    let entry = found.get(key);
    if (!entry) {
      entry = {
        server,
        name,
        layer: columns.layer[slot]!,
        durations: [],
        calls: 0,
        errors: 0,
        running: 0,
        input: 0,
        output: 0,
        hasTokens: false,
        cost: null,
      };
      found.set(key, entry);
    }
    entry.calls++;
    if (isError(index, slot)) entry.errors++;
    const duration = columns.duration[slot]!;
    if (duration < 0) entry.running++;
    else entry.durations.push(duration);
    const tokens = index.tokens.get(slot);
    if (tokens) {
      entry.hasTokens = true;
      entry.input += tokens[0];
      entry.output += tokens[1];
    }
    const cost = isLlm ? index.costs.get(slot) : undefined;
    if (cost !== undefined) entry.cost = (entry.cost ?? 0) + cost;
  }
  return [...found.values()].map(toStatistics).sort((a, b) => b.total - a.total);
}

function toStatistics(entry: Gathered): CallStatistics {
  const sorted = Float64Array.from(entry.durations).sort();
  const histogram = new Array<number>(buckets).fill(0);
  let total = 0;
  for (const duration of sorted) {
    total += duration;
    const bucket = duration < firstBucket ? 0 : Math.floor(Math.log2(duration / firstBucket)) + 1;
    const place = Math.min(bucket, buckets - 1);
    histogram[place] = histogram[place]! + 1;
  }
  const { server, name, calls, errors, running } = entry;
  return {
    server,
    name,
    layer: layers[entry.layer] ?? 'internal',
    calls,
    errors,
    running,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
    total,
    histogram,
    inputTokens: entry.hasTokens ? entry.input : null,
    outputTokens: entry.hasTokens ? entry.output : null,
    cost: entry.cost,
  };
}

/** The smallest value that at least this share of all do not exceed; 0 for none. */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}
