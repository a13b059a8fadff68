/** The ways in which TypeScript and JavaScript servers tie names to handlers. */
import type { HandlerKind } from '../../protocol.js';
import { type ClassFacts, type Expr, unknown } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { TypeScriptReader } from './typescript.js';
import { dispatchSubject } from './typescriptDispatch.js';

type Call = Extract<Expr, { e: 'call' }>;

/** Methods that only an MCP server has: `X.registerTool(name, config, handler)`. */
const certainMethods: Record<string, HandlerKind> = {
  registerTool: 'tool',
  registerToolTask: 'tool',
  registerPrompt: 'prompt',
  registerResource: 'resource',
};
/** The older, shorter names; they need an MCP server before the dot. */
const shortMethods: Record<string, HandlerKind> = {
  tool: 'tool',
  prompt: 'prompt',
  resource: 'resource',
};
/** `X.addTool({name, execute})` */
const objectMethods: Record<string, HandlerKind> = {
  addTool: 'tool',
  addPrompt: 'prompt',
  addResource: 'resource',
  addResourceTemplate: 'resource',
};
/** `X.addTools([{name, execute}])` */
const listMethods: Record<string, HandlerKind> = {
  addTools: 'tool',
  addPrompts: 'prompt',
  addResources: 'resource',
};
/** Functions of helper libraries: `registerAppTool(server, name, config, handler)`. */
const freeFunctions: Record<string, HandlerKind> = {
  registerAppTool: 'tool',
  registerAppResource: 'resource',
};
const lowLevelSchemas: Record<string, HandlerKind> = {
  CallToolRequestSchema: 'tool',
  'tools/call': 'tool',
  GetPromptRequestSchema: 'prompt',
  'prompts/get': 'prompt',
  ReadResourceRequestSchema: 'resource',
  'resources/read': 'resource',
};

export function matchCall(
  reader: TypeScriptReader,
  node: SyntaxNode,
  call: Call,
  scope: number,
): void {
  const args = call.args.map((argument) => argument.value);
  if (call.callee.e === 'name') {
    const kind = own(freeFunctions, call.callee.name);
    if (kind && args.length >= 4)
      addPositional(reader, call, kind, call.callee.name, args.slice(1), scope);
    if (node.type === 'new_expression' && args[0]?.e === 'object')
      addTable(reader, call, call.callee, args[0], scope);
    return;
  }
  if (call.callee.e !== 'member') return;
  const { key: method, of: receiver } = call.callee;
  if (method === 'setRequestHandler') {
    matchLowLevel(reader, node, args, call);
    return;
  }
  if (isSearch(method, node)) {
    reader.builder.functionAt(scope).tables.push(receiver);
    return;
  }
  const kind = own(certainMethods, method);
  // `vscode.lm.registerTool` publishes a tool to the editor's own models, not over MCP.
  if (
    kind &&
    args.length >= 2 &&
    !/(^|\.)lm$/.test(field(field(node, 'function') ?? node, 'object')?.text ?? '')
  ) {
    addPositional(reader, call, kind, method, args, scope);
    return;
  }
  const short = own(shortMethods, method);
  if (short && args.length >= 2) {
    addPositional(reader, call, short, method, args, scope, receiver);
    return;
  }
  const listKind = own(listMethods, method);
  if (listKind && args.length === 1 && args[0]) {
    const each: Expr = { e: 'each', of: args[0], id: reader.freshId(scope) };
    addObject(reader, call, listKind, method, each, scope, receiver);
    return;
  }
  const objectKind = own(objectMethods, method);
  if (!objectKind || !args[0]) return;
  if (args.length >= 2 && args[0].e !== 'object') {
    addPositional(reader, call, objectKind, method, args, scope, receiver);
  } else {
    addObject(reader, call, objectKind, method, args[0], scope, receiver);
  }
}

function addPositional(
  reader: TypeScriptReader,
  call: Call,
  kind: HandlerKind,
  how: string,
  args: readonly Expr[],
  scope: number,
  receiver?: Expr,
): void {
  const [first = unknown, second] = args;
  reader.builder.register(scope, {
    kind,
    how,
    // `server.tool({ name, schema }, handler)`
    name: first.e === 'object' ? { e: 'member', of: first, key: 'name' } : first,
    handler: args.at(-1) ?? unknown,
    ...(kind === 'resource' && second
      ? { uri: first.e === 'object' ? { e: 'member', of: first, key: 'uri' } : second }
      : {}),
    ...(receiver ? { receiver } : {}),
    certain: !receiver,
    spot: call.spot,
  });
}

/** `new MCPServer({ tools: { echo: createTool({ execute }) } })`: called by their keys. */
function addTable(
  reader: TypeScriptReader,
  call: Call,
  made: Expr,
  options: Extract<Expr, { e: 'object' }>,
  scope: number,
): void {
  const tools = options.entries.find(({ key }) => key?.e === 'text' && key.value === 'tools');
  if (!tools) return;
  const callee: Expr = {
    e: 'member',
    of: { e: 'name', name: 'Object', scope: 0 },
    key: 'entries',
  };
  const args = [{ name: '', value: tools.value }];
  const entries: Expr = { e: 'call', callee, args, spot: call.spot };
  const each: Expr = { e: 'each', of: entries, id: reader.freshId(scope) };
  reader.builder.register(scope, {
    kind: 'tool',
    how: 'tools',
    name: { e: 'at', of: each, position: 0 },
    handler: { e: 'at', of: each, position: 1 },
    receiver: made,
    certain: false,
    handlerRequired: true,
    spot: call.spot,
  });
}

function addObject(
  reader: TypeScriptReader,
  call: Call,
  kind: HandlerKind,
  how: string,
  of: Expr,
  scope: number,
  receiver: Expr,
): void {
  const member = (key: string): Expr => ({ e: 'member', of, key });
  reader.builder.register(scope, {
    kind,
    how,
    name: member('name'),
    handler: of,
    ...(kind === 'resource'
      ? { uri: { e: 'either', of: [member('uri'), member('uriTemplate')] } }
      : {}),
    receiver,
    certain: false,
    spot: call.spot,
  });
}

/** `tools.find((t) => t.name === name)` and `handlers.get(name)`: a table of handlers. */
function isSearch(method: string, node: SyntaxNode): boolean {
  const argument = namedChildren(field(node, 'arguments') ?? node)[0];
  if (method === 'get') return !!argument && dispatchSubject.test(argument.text);
  return method === 'find' && /\.name\s*===?/.test(argument?.text ?? '');
}

function matchLowLevel(
  reader: TypeScriptReader,
  node: SyntaxNode,
  args: readonly Expr[],
  call: Call,
): void {
  const first = namedChildren(field(node, 'arguments') ?? node)[0];
  const schema = args[0]?.e === 'text' ? args[0].value : (first?.text.split('.').at(-1) ?? '');
  const kind = own(lowLevelSchemas, schema);
  const handler = args.at(-1);
  if (!kind || !handler || args.length < 2) return;
  reader.builder.registerLowLevel({ kind, how: 'setRequestHandler', handler, spot: call.spot });
}

/** `@Tool({ name: 'echo' })` on a method, as frameworks with decorators have it. */
export function matchDecorator(
  reader: TypeScriptReader,
  decorator: SyntaxNode,
  method: SyntaxNode,
  handler: Expr,
  scope: number,
): void {
  const expression = reader.expression(namedChildren(decorator)[0] ?? null, scope);
  const callee = expression.e === 'call' ? expression.callee : expression;
  if (callee.e !== 'name') return;
  const match = /^(?:Mcp)?(Tool|Prompt|Resource)(?:Handler)?$/i.exec(callee.name);
  if (!match) return;
  const kind = match[1]?.toLowerCase() as HandlerKind;
  const options = expression.e === 'call' ? (expression.args[0]?.value ?? unknown) : unknown;
  const fallback: Expr = { e: 'text', value: field(method, 'name')?.text ?? '' };
  const named: Expr = options.e === 'object' ? { e: 'member', of: options, key: 'name' } : options;
  const hasName = options.e === 'text' || (options.e === 'object' && hasKey(options, 'name'));
  reader.builder.register(scope, {
    kind,
    how: `@${callee.name}`,
    name: hasName ? named : fallback,
    handler,
    ...(options.e === 'object' && kind === 'resource'
      ? {
          uri: {
            e: 'either',
            of: [
              { e: 'member', of: options, key: 'uri' },
              { e: 'member', of: options, key: 'uriTemplate' },
            ],
          } as Expr,
        }
      : {}),
    receiver: callee,
    certain: false,
    spot: spotOf(method),
  });
}

/** A file that is a tool: `export const metadata = { name }` beside the function by default. */
export function matchModule(reader: TypeScriptReader): void {
  const { exports, imports } = reader.builder.facts;
  const handler = exports.default?.[0];
  if (!imports.includes('xmcp') || !exports.metadata || !handler) return;
  const [metadata = unknown] = exports.metadata;
  reader.builder.register(0, {
    kind: 'tool',
    how: 'metadata',
    name: { e: 'member', of: metadata, key: 'name' },
    handler,
    certain: true,
    handlerRequired: true,
    spot: { line: 1, column: 1 },
  });
}

/** `class EchoTool extends MCPTool { name = 'echo'; async execute() {} }` */
export function matchClass(reader: TypeScriptReader, made: ClassFacts & { id: number }): void {
  const base = made.bases[0];
  if (base?.e !== 'name') return;
  const match = /^(?:Base)?MCP(Tool|Prompt|Resource)$/i.exec(base.name);
  const kind = match?.[1]?.toLowerCase() as HandlerKind | undefined;
  const name = made.members.name?.[0];
  if (!kind || !(name ?? made.members.uri)) return;
  const of: Expr = { e: 'class', id: made.id };
  const keys = { tool: ['execute'], prompt: ['generateMessages'], resource: ['read'] }[kind];
  reader.builder.register(made.scope, {
    kind,
    how: `extends ${base.name}`,
    name: name ?? unknown,
    handler: { e: 'either', of: keys.map((key) => ({ e: 'member', of, key }) as Expr) },
    ...(kind === 'resource' ? { uri: { e: 'member', of, key: 'uri' } as Expr } : {}),
    receiver: base,
    certain: false,
    spot: made.spot,
  });
}

function hasKey(of: Extract<Expr, { e: 'object' }>, key: string): boolean {
  return of.entries.some((entry) => entry.key?.e === 'text' && entry.key.value === key);
}

function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
