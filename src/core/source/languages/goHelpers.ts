import type { HandlerKind } from '../../protocol.js';
import { type Expr, typeKey } from '../facts.js';
import type { FactsBuilder } from '../factsBuilder.js';
import { addDefinition, definitionTypes } from './goDefinitions.js';

type Call = Extract<Expr, { e: 'call' }>;

/** Helpers of a server's own that take a definition of the SDK and a function in one call. */
export function matchOwnHelper(builder: FactsBuilder, call: Call, scope: number): void {
  const args = call.args.map((argument) => argument.value);
  const at = args.findIndex((argument) => definitionKind(argument) !== undefined);
  const definition = args[at];
  const kind = definition && definitionKind(definition);
  if (definition && kind) {
    const handler = onlyFunction(args.slice(at + 1));
    const found = { kind, how: 'definition and function', definition, receiver: definition };
    if (handler) addDefinition(builder, { ...found, handler }, call.spot, scope, true);
    return;
  }
  // `MustTool("n", "description", handler, mcp.WithReadOnlyHintAnnotation(true))`
  const option = args.find(
    (argument): argument is Call =>
      argument.e === 'call' &&
      argument.callee.e === 'member' &&
      argument.callee.of.e === 'name' &&
      /^With[A-Z]/.test(argument.callee.key),
  );
  const [name, ...others] = args;
  const handlers = others.filter(isFunctionLike);
  if (!option || !name || !/^(text|name|member)$/.test(name.e) || handlers.length === 0) return;
  builder.register(scope, {
    kind: 'tool',
    how: 'name, function and options',
    name,
    handler: { e: 'either', of: handlers },
    receiver: option,
    certain: false,
    handlerRequired: true,
    spot: call.spot,
  });
}

/** `mcp.Tool{…}` and `mcp.NewTool(…)`. */
function definitionKind(expr: Expr): HandlerKind | undefined {
  const made =
    expr.e === 'call'
      ? expr.callee
      : expr.e === 'object'
        ? expr.entries.find(({ key }) => key?.e === 'text' && key.value === typeKey)?.value
        : undefined;
  if (made?.e !== 'member' || made.of.e !== 'name') return undefined;
  const name = expr.e === 'call' ? made.key.replace(/^New/, '') : made.key;
  if (expr.e === 'call' && name === made.key) return undefined;
  return Object.hasOwn(definitionTypes, name) ? definitionTypes[name] : undefined;
}

/** The one argument that may be the handler; undefined where more than one may. */
function onlyFunction(args: readonly Expr[]): Expr | undefined {
  const literals = args.filter((argument) => argument.e === 'fn');
  const likely = literals.length > 0 ? literals : args.filter(isFunctionLike);
  return likely.length === 1 ? likely[0] : undefined;
}

function isFunctionLike(expr: Expr): boolean {
  return expr.e === 'fn' || expr.e === 'member' || (expr.e === 'name' && expr.name !== 'nil');
}
