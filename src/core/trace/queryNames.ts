import { layers } from './model.js';
import { textMatcher } from './queryValues.js';
import type { SpanIndex } from './spanIndex.js';

const server = layers.indexOf('mcp-server');
const llm = layers.indexOf('llm');
const calls: ReadonlySet<number> = new Set(
  (['tool', 'mcp-client', 'wire'] as const).map((layer) => layers.indexOf(layer)),
);

/** Whether a span, or its row (`describeRow`), goes by one of these names. */
export function nameTest(index: SpanIndex, wanted: readonly string[]): (slot: number) => boolean {
  const { columns, names } = index;
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
  return (slot) => {
    if (whole(columns.name[slot]!)) return true;
    const layer = columns.layer[slot]!;
    if (layer === llm) return operation(columns.name[slot]!);
    const target = columns.target[slot]!;
    if (layer === server && target !== 0) return isServer;
    return (layer === server || calls.has(layer)) && whole(target || columns.method[slot]!);
  };
}
