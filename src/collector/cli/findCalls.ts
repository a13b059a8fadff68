import type { MeasuredCalls } from '../../core/trace/checkRule.js';
import { compileQuery, isError } from '../../core/trace/queryCompile.js';
import { parseQuery } from '../../core/trace/queryParse.js';
import { flag } from '../../core/trace/spanColumns.js';
import type { OpenStore } from './openStore.js';

/** Slots of the calls that match, in order of start. @throws QueryError */
export function callsFound({ session, source }: OpenStore, query: string): number[] {
  const matches = compileQuery(parseQuery(query), source);
  const { index } = session;
  const found: number[] = [];
  for (let slot = 0; slot < index.size; slot++) {
    if (index.columns.flags[slot]! & flag.call && matches(slot)) found.push(slot);
  }
  return found.sort((a, b) => index.startOf(a) - index.startOf(b) || a - b);
}

export function measureFound(store: OpenStore, query: string): MeasuredCalls {
  const { index } = store.session;
  const slots = callsFound(store, query);
  const durations = slots.map((slot) => index.columns.duration[slot]!).filter((long) => long >= 0);
  return {
    calls: slots.length,
    errors: slots.filter((slot) => isError(index, slot)).length,
    durations: Float64Array.from(durations).sort(),
  };
}
