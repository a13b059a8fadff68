import { scopes } from '../mcp/conventions.js';
import { layers } from './model.js';
import type { QuerySource } from './queryCompile.js';
import { textMatcher } from './queryValues.js';

const server = layers.indexOf('mcp-server');
const llm = layers.indexOf('llm');
const calls: ReadonlySet<number> = new Set(
  (['tool', 'mcp-client', 'wire'] as const).map((layer) => layers.indexOf(layer)),
);

const agents: ReadonlySet<number> = new Set(
  (['workflow', 'agent'] as const).map((layer) => layers.indexOf(layer)),
);
const internal = layers.indexOf('internal');
const kinds = { server: 2, client: 3 };
const handlers: ReadonlySet<string> = new Set([scopes.nodeHook, scopes.pythonHook]);

/** Whether a span, or its row (`describeRow`), goes by one of these names. */
export function nameTest(
  source: QuerySource,
  wanted: readonly string[],
): (slot: number) => boolean {
  const { columns, names } = source.index;
  const matchers = wanted.map(textMatcher);
  const matches = (text: string): boolean => text !== '' && matchers.some((match) => match(text));
  const byId = (textOf: (id: number) => string): ((id: number) => boolean) => {
    const known = new Map<number, boolean>();
    return (id) => {
      let answer = known.get(id);
      if (answer === undefined) {
        answer = matches(textOf(id));
        known.set(id, answer);
      }
      return answer;
    };
  };
  const whole = byId((id) => names.text(id));
  const operation = byId((id) => names.text(id).split(' ', 1)[0] ?? '');
  const isServer = matches('server');
  /** Rows that are named after attributes (HTTP, agents): spans are read for these alone. */
  const isNamedByAttributes = (slot: number): boolean => {
    const layer = columns.layer[slot]!;
    if (layer !== internal) return agents.has(layer);
    const kind = columns.kind[slot]!;
    return kind === kinds.client || kind === kinds.server || handlers.has(source.scopeName(slot));
  };
  return (slot) => {
    if (whole(columns.name[slot]!)) return true;
    const layer = columns.layer[slot]!;
    if (layer === llm) return operation(columns.name[slot]!);
    if (isNamedByAttributes(slot)) return matches(source.rowName(slot));
    const target = columns.target[slot]!;
    if (layer === server && target !== 0) return isServer;
    return (layer === server || calls.has(layer)) && whole(target || columns.method[slot]!);
  };
}
