/** The ways in which Python servers tie names to handlers. */
import type { HandlerKind } from '../../protocol.js';
import { type Argument, type Expr, text } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { PythonReader } from './python.js';

type Call = Extract<Expr, { e: 'call' }>;

const kinds: Record<string, HandlerKind> = { tool: 'tool', prompt: 'prompt', resource: 'resource' };
/** Decorators and keyword arguments of the low-level server. */
const lowLevel: Record<string, HandlerKind> = {
  call_tool: 'tool',
  get_prompt: 'prompt',
  read_resource: 'resource',
  on_call_tool: 'tool',
  on_get_prompt: 'prompt',
  on_read_resource: 'resource',
};
const adders: Record<string, HandlerKind> = {
  add_tool: 'tool',
  add_prompt: 'prompt',
  add_resource: 'resource',
  add_resource_fn: 'resource',
};
/** `Tool.from_function(fn, name=…)` and the classes of fastmcp. */
const factories = /^(Function)?(Tool|Prompt|Resource)(Template)?$/;

export function matchDecorators(
  reader: PythonReader,
  decorators: readonly SyntaxNode[],
  definition: SyntaxNode,
  handler: Expr,
  scope: number,
): void {
  for (const decorator of decorators) {
    const expression = reader.expression(namedChildren(decorator)[0] ?? null, scope);
    const callee = expression.e === 'call' ? expression.callee : expression;
    const args = expression.e === 'call' ? expression.args : [];
    const spot = spotOf(definition);
    const key = lastName(callee);
    const kindOfServer = own(lowLevel, key);
    if (kindOfServer && callee.e === 'member') {
      reader.builder.registerLowLevel({
        kind: kindOfServer,
        how: `@${written(callee)}`,
        handler,
        spot,
      });
      continue;
    }
    const kind = own(kinds, key) ?? aliasedKind(reader, callee, scope);
    if (!kind) continue;
    const fallback = text(field(definition, 'name')?.text ?? '');
    reader.builder.register(scope, {
      kind,
      how: `@${written(callee)}`,
      ...named(kind, args, fallback),
      handler,
      receiver: callee.e === 'member' ? callee.of : callee,
      certain: false,
      spot,
    });
  }
}

/** `register = mcp.tool` and `from fastmcp import tool as t`: a decorator under any name. */
function aliasedKind(reader: PythonReader, callee: Expr, scope: number): HandlerKind | undefined {
  if (callee.e !== 'name') return undefined;
  for (let at = scope; at >= 0; at = reader.builder.facts.scopes[at]?.parent ?? -1) {
    for (const bound of reader.builder.facts.scopes[at]?.bindings[callee.name] ?? []) {
      const target = bound.e === 'call' ? bound.callee : bound;
      const name = target.e === 'import' ? target.name : target.e === 'member' ? target.key : '';
      const kind = own(kinds, name);
      if (kind) return kind;
    }
  }
  return undefined;
}

/** Name and URI as the arguments of a decorator give them. */
function named(
  kind: HandlerKind,
  args: readonly Argument[],
  fallback: Expr,
): { name: Expr; uri?: Expr } {
  const keyword = (name: string): Expr | undefined =>
    args.find((part) => part.name === name)?.value;
  const first = args[0]?.name === '' ? args[0].value : undefined;
  if (kind !== 'resource')
    return { name: keyword('name') ?? (first && first.e !== 'fn' ? first : fallback) };
  const uri = keyword('uri') ?? first;
  return { name: keyword('name') ?? fallback, ...(uri ? { uri } : {}) };
}

export function matchCall(reader: PythonReader, call: Call, scope: number): void {
  const { callee, args, spot } = call;
  const position = (at: number): Expr | undefined =>
    args[at]?.name === '' ? args[at].value : undefined;
  const keyword = (name: string): Expr | undefined =>
    args.find((part) => part.name === name)?.value;
  for (const argument of args) {
    const kind = own(lowLevel, argument.name);
    if (kind)
      reader.builder.registerLowLevel({ kind, how: argument.name, handler: argument.value, spot });
  }
  // `mcp.tool(name="n")(handler)`
  if (callee.e === 'call' && callee.callee.e === 'member') {
    const kind = own(kinds, callee.callee.key);
    const handler = position(0);
    if (!kind || !handler) return;
    const how = `${written(callee.callee)}()()`;
    addFunction(
      reader,
      { kind, how, handler, receiver: callee.callee.of, spot },
      named(kind, callee.args, { e: 'member', of: handler, key: '__name__' }),
      scope,
    );
    return;
  }
  if (callee.e !== 'member') return;
  const { key, of: receiver } = callee;
  if (key === 'mount' || key === 'import_server') {
    // `mount(server, namespace)`, and `mount(prefix, server)` in fastmcp 2.
    const [first, second] = [position(0), position(1)];
    const isOld = first?.e === 'text';
    const server = keyword('server') ?? (isOld ? second : first);
    const prefix = keyword('namespace') ?? keyword('prefix') ?? (isOld ? first : second);
    if (server && prefix) reader.builder.facts.mounts.push({ server, prefix });
    return;
  }
  const base = { how: key, receiver, spot };
  const kind = own(adders, key);
  if (kind) {
    const handler = keyword('fn') ?? keyword('tool') ?? position(0);
    const name = keyword('name') ?? position(1);
    if (handler) {
      const fallback: Expr = { e: 'member', of: handler, key: '__name__' };
      addFunction(
        reader,
        { ...base, kind, handler },
        kind === 'resource'
          ? { name: fallback, ...(keyword('uri') ? { uri: keyword('uri') as Expr } : {}) }
          : { name: name ?? fallback },
        scope,
      );
    }
  } else if (key === 'from_function' && factories.test(lastName(receiver))) {
    const made = own(kinds, (factories.exec(lastName(receiver))?.[2] ?? '').toLowerCase());
    const handler = keyword('fn') ?? position(0);
    const name = keyword('name') ?? position(1);
    if (made && handler)
      addFunction(
        reader,
        { ...base, kind: made, how: `${lastName(receiver)}.from_function`, handler },
        { name: name ?? { e: 'member', of: handler, key: '__name__' } },
        scope,
      );
  } else if (own(kinds, key)) {
    // `mcp.tool(handler, name="n")`, not a decorator; a text first is the decorator's own form.
    const handler = position(0);
    if (handler?.e === 'name' || handler?.e === 'member') {
      addFunction(
        reader,
        { ...base, kind: own(kinds, key) as HandlerKind, handler },
        { name: keyword('name') ?? { e: 'member', of: handler, key: '__name__' } },
        scope,
        true,
      );
    }
  }
}

function addFunction(
  reader: PythonReader,
  registration: {
    kind: HandlerKind;
    how: string;
    handler: Expr;
    receiver: Expr;
    spot: Call['spot'];
  },
  name: { name: Expr; uri?: Expr },
  scope: number,
  mustBeFunction = false,
): void {
  reader.builder.register(scope, {
    ...registration,
    ...name,
    certain: false,
    ...(mustBeFunction ? { handlerRequired: true } : {}),
  });
}

function lastName(expr: Expr): string {
  if (expr.e === 'member') return expr.key;
  return expr.e === 'name' ? expr.name : '';
}

function written(expr: Expr): string {
  if (expr.e === 'member') return `${written(expr.of)}.${expr.key}`.replace(/^\./, '');
  return expr.e === 'name' ? expr.name : '';
}

function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
