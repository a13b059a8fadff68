import { layers, outcomes } from './model.js';
import type { SpanColumns } from './spanColumns.js';
import type { SpanIndex } from './spanIndex.js';

/**
 * Requests by which client and server get to know each other, and those that a form sends while
 * somebody types: nothing was called yet.
 */
const protocolMethods: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'logging/setLevel',
  'completion/complete',
  'roots/list',
  'notifications/initialized',
]);

/** Whether a value of `mcp.method.name` is of the requests that only keep the protocol going. */
export function isProtocolMethod(method: unknown): boolean {
  return typeof method === 'string' && protocolMethods.has(method);
}

const mcpLayers: ReadonlySet<number> = new Set(
  (['wire', 'mcp-client', 'mcp-server'] as const).map((layer) => layers.indexOf(layer)),
);
const ok = outcomes.indexOf('ok');
const errorStatus = 2;

/**
 * Whether a call only keeps the protocol going. One that failed does not, and neither does one
 * that still runs: a server that never answers `initialize` must be seen.
 */
export function protocolTest(
  columns: SpanColumns,
  names: { text(id: number): string },
): (slot: number) => boolean {
  const known = new Map<number, boolean>();
  const isProtocol = (method: number): boolean => {
    let answer = known.get(method);
    if (answer === undefined) {
      answer = isProtocolMethod(names.text(method));
      known.set(method, answer);
    }
    return answer;
  };
  return (slot) =>
    columns.outcome[slot] === ok &&
    columns.duration[slot]! >= 0 &&
    columns.status[slot] !== errorStatus &&
    isProtocol(columns.method[slot]!) &&
    mcpLayers.has(columns.layer[slot]!);
}

/** Top-level trees without those that only keep the protocol going. */
export function withoutProtocol(index: SpanIndex, tops: Int32Array): Int32Array {
  const isProtocol = protocolTest(index.columns, index.names);
  return tops.filter((slot) => !isProtocol(slot));
}
