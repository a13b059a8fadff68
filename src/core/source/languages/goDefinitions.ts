import type { HandlerKind } from '../../protocol.js';
import type { Expr, Spot } from '../facts.js';
import type { FactsBuilder } from '../factsBuilder.js';

/** Types and makers of definitions. */
export const definitionTypes: Record<string, HandlerKind> = {
  Tool: 'tool',
  Prompt: 'prompt',
  Resource: 'resource',
  ResourceTemplate: 'resource',
};

/** Registers a handler by its definition: `mcp.Tool{Name: …}` or `mcp.NewTool(…)`. */
export function addDefinition(
  builder: FactsBuilder,
  found: { kind: HandlerKind; how: string; definition: Expr; handler: Expr; receiver: Expr },
  spot: Spot,
  scope: number,
  handlerRequired = false,
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
    ...(handlerRequired ? { handlerRequired } : {}),
    spot,
  });
}
