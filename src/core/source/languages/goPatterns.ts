import type { HandlerKind } from '../../protocol.js';
import type { Expr } from '../facts.js';
import type { FactsBuilder } from '../factsBuilder.js';

type Call = Extract<Expr, { e: 'call' }>;

/** Methods and functions that take a definition and a handler; the number says where the first stands. */
const pairs: Record<string, HandlerKind> = {
  AddTool: 'tool',
  AddSessionTool: 'tool',
  AddPrompt: 'prompt',
  AddResource: 'resource',
  AddResourceTemplate: 'resource',
};
/** Methods that take structs of a definition and its handler. */
const structs: Record<string, readonly [kind: HandlerKind, field: string]> = {
  AddTools: ['tool', 'Tool'],
  SetTools: ['tool', 'Tool'],
  AddSessionTools: ['tool', 'Tool'],
  AddPrompts: ['prompt', 'Prompt'],
  SetPrompts: ['prompt', 'Prompt'],
  AddResources: ['resource', 'Resource'],
  AddResourceTemplates: ['resource', 'Template'],
};

export function matchGoCall(builder: FactsBuilder, call: Call, scope: number): void {
  if (call.callee.e !== 'member') return;
  const { key, of: receiver } = call.callee;
  const args = call.args.map((argument) => argument.value);
  const kind = Object.hasOwn(pairs, key) ? pairs[key] : undefined;
  if (kind && args.length >= 2) {
    const [definition, handler] = args.slice(-2);
    if (definition && handler)
      add(builder, { kind, how: key, definition, handler, receiver }, call, scope);
    return;
  }
  const struct = Object.hasOwn(structs, key) ? structs[key] : undefined;
  if (!struct) return;
  for (const [at, given] of args.entries()) {
    // A slice passed with `…` stands for each of its elements.
    const one: Expr =
      given.e === 'spread' ? { e: 'each', of: given.of, id: -(call.spot.line * 1000 + at) } : given;
    const definition: Expr = { e: 'member', of: one, key: struct[1] };
    const handler: Expr = { e: 'member', of: one, key: 'Handler' };
    add(builder, { kind: struct[0], how: key, definition, handler, receiver }, call, scope);
  }
}

function add(
  builder: FactsBuilder,
  found: { kind: HandlerKind; how: string; definition: Expr; handler: Expr; receiver: Expr },
  call: Call,
  scope: number,
): void {
  const { kind, how, definition, handler, receiver } = found;
  const member = (key: string): Expr => ({ e: 'member', of: definition, key });
  const given = (position: number): Expr => ({ e: 'argument', of: definition, position });
  const isResource = kind === 'resource';
  builder.register(scope, {
    kind,
    how,
    // `NewResource(uri, name)`, but `NewTool(name, …)`.
    name: { e: 'either', of: [member('Name'), given(isResource ? 1 : 0)] },
    handler,
    ...(isResource
      ? { uri: { e: 'either', of: [member('URI'), member('URITemplate'), given(0)] } as Expr }
      : {}),
    receiver: { e: 'either', of: [receiver, definition] },
    certain: false,
    spot: call.spot,
  });
}
