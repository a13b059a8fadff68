import type { HandlerKind } from '../../protocol.js';
import type { Expr, Spot } from '../facts.js';
import type { FactsBuilder } from '../factsBuilder.js';

import { addDefinition, definitionTypes } from './goDefinitions.js';
import { matchOwnHelper } from './goHelpers.js';

type Call = Extract<Expr, { e: 'call' }>;

/** Methods and functions that take a definition and a handler; the number says where the first stands. */
const pairs: Record<string, HandlerKind> = {
  AddTool: 'tool',
  AddSessionTool: 'tool',
  AddTaskTool: 'tool',
  RegisterTool: 'tool',
  AddPrompt: 'prompt',
  RegisterPrompt: 'prompt',
  AddResource: 'resource',
  AddSessionResource: 'resource',
  RegisterResource: 'resource',
  AddResourceTemplate: 'resource',
  AddSessionResourceTemplate: 'resource',
  RegisterResourceTemplate: 'resource',
};
/** Methods that take structs of a definition and its handler. */
const structs: Record<string, readonly [kind: HandlerKind, field: string]> = {
  AddTools: ['tool', 'Tool'],
  SetTools: ['tool', 'Tool'],
  AddSessionTools: ['tool', 'Tool'],
  AddTaskTools: ['tool', 'Tool'],
  AddPrompts: ['prompt', 'Prompt'],
  SetPrompts: ['prompt', 'Prompt'],
  AddResources: ['resource', 'Resource'],
  AddResourceTemplates: ['resource', 'Template'],
};

export function matchGoCall(builder: FactsBuilder, call: Call, scope: number): void {
  const args = call.args.map((argument) => argument.value);
  const { key, of: receiver } =
    call.callee.e === 'member' ? call.callee : { key: '', of: call.callee };
  const kind = Object.hasOwn(pairs, key) ? pairs[key] : undefined;
  if (kind && key.startsWith('Register') && args.length >= 3) {
    registerNamed(builder, kind, receiver, call, scope);
    return;
  }
  if (kind && args.length >= 2) {
    const [definition, handler] = args.slice(-2);
    if (definition && handler)
      addDefinition(builder, { kind, how: key, definition, handler, receiver }, call.spot, scope);
    return;
  }
  const struct = Object.hasOwn(structs, key) ? structs[key] : undefined;
  if (!struct) {
    matchOwnHelper(builder, call, scope);
    return;
  }
  for (const [at, given] of args.entries()) {
    // A slice passed with `…` stands for each of its elements.
    const one: Expr =
      given.e === 'spread' ? { e: 'each', of: given.of, id: -(call.spot.line * 1000 + at) } : given;
    const definition: Expr = { e: 'member', of: one, key: struct[1] };
    const handler: Expr = { e: 'member', of: one, key: 'Handler' };
    addDefinition(
      builder,
      { kind: struct[0], how: key, definition, handler, receiver },
      call.spot,
      scope,
    );
  }
}

/** `ServerTool{Tool: …, Handler: …}`, of the SDK or of the server's own. */
export function matchGoStruct(
  builder: FactsBuilder,
  made: Extract<Expr, { e: 'object' }>,
  spot: Spot,
  scope: number,
): void {
  const given = (name: string): Expr | undefined =>
    made.entries.find(({ key }) => key?.e === 'text' && key.value === name)?.value;
  const handler = given('Handler');
  if (!handler) return;
  for (const [name, kind] of Object.entries(definitionTypes)) {
    const definition = given(name);
    if (!definition || definition.e === 'text') continue;
    const receiver: Expr = { e: 'import', from: importedMcp(builder), name: '*' };
    addDefinition(
      builder,
      { kind, how: `${name} and Handler`, definition, handler, receiver },
      spot,
      scope,
      true,
    );
  }
}

/** A function that returns a definition and its handler. */
export function matchGoPair(builder: FactsBuilder, fn: number, result: string): void {
  const facts = builder.facts.functions[fn];
  const types = /\bmcp\.(Tool|Prompt|Resource|ResourceTemplate)\s*,[^,]*?(?:Handler|func\()/.exec(
    result,
  );
  const kind = types?.[1] && definitionTypes[types[1]];
  if (!facts || !kind) return;
  for (const [definition, handler] of facts.results) {
    if (!definition || !handler) continue;
    const found = { kind, how: 'returned pair', definition, handler, receiver: definition };
    addDefinition(builder, found, facts.spot, facts.scope, true);
  }
}

/** `RegisterTool("n", "description", handler)`: names first, the function last. */
function registerNamed(
  builder: FactsBuilder,
  kind: HandlerKind,
  receiver: Expr,
  call: Call,
  scope: number,
): void {
  const args = call.args.map((argument) => argument.value);
  const [first, second] = args;
  const handler = args.at(-1);
  if (!first || !second || !handler) return;
  builder.register(scope, {
    kind,
    how: call.callee.e === 'member' ? call.callee.key : '',
    name: kind === 'resource' ? second : first,
    handler,
    ...(kind === 'resource' ? { uri: first } : {}),
    receiver,
    certain: false,
    spot: call.spot,
  });
}

/** An import of this file that speaks MCP, or ''. */
function importedMcp(builder: FactsBuilder): string {
  return builder.facts.imports.find((module) => /mcp/i.test(module)) ?? '';
}
