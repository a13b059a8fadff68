/** Java: annotations of Spring AI, Quarkus and the MCP SDK, and the SDK's specifications. */
import type { HandlerKind } from '../../protocol.js';
import { givenInChain, lastName } from '../expressions.js';
import type { Expr, FileFacts } from '../facts.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import { type AnnotatedReader, type Dialect, type Mark, readAnnotated } from './annotated.js';

type Call = Extract<Expr, { e: 'call' }>;

/** `McpTool` says MCP by itself; `Tool` does only with an import of one of these. */
const certain: Record<string, HandlerKind> = {
  McpTool: 'tool',
  McpPrompt: 'prompt',
  McpResource: 'resource',
};
const shared: Record<string, HandlerKind> = {
  Tool: 'tool',
  Prompt: 'prompt',
  Resource: 'resource',
  ResourceTemplate: 'resource',
};
const sharedFrom = /(\.mcp\.|springframework\.ai\.tool\.annotation)/;

export const java: Dialect = {
  language: 'java',
  classes: new Set([
    'class_declaration',
    'record_declaration',
    'interface_declaration',
    'enum_declaration',
  ]),
  methods: new Set(['method_declaration']),
  lambdas: new Set(['lambda_expression']),
  marksOf(reader, method, scope) {
    const modifiers = namedChildren(method).find((part) => part.type === 'modifiers');
    return (modifiers ? namedChildren(modifiers) : [])
      .filter((part) => part.type === 'annotation' || part.type === 'marker_annotation')
      .map((part) => markOf(reader, part, scope));
  },
  kindOf: kindOfAnnotation,
  defaultName: (method) => method,
  matchCall(reader, call, scope) {
    matchSpecification(reader, call, scope);
  },
};

export function kindOfAnnotation(
  mark: string,
  imports: readonly string[],
): HandlerKind | undefined {
  if (Object.hasOwn(certain, mark)) return certain[mark];
  if (!Object.hasOwn(shared, mark)) return undefined;
  const isShared = imports.some(
    (name) => sharedFrom.test(name) && new RegExp(`\\.(${mark}|\\*)$`).test(name),
  );
  return isShared ? shared[mark] : undefined;
}

function markOf(reader: AnnotatedReader, annotation: SyntaxNode, scope: number): Mark {
  const name = (field(annotation, 'name')?.text ?? '').split('.').at(-1) ?? '';
  const list = field(annotation, 'arguments');
  const args = (list ? namedChildren(list) : []).map((part) =>
    part.type === 'element_value_pair'
      ? {
          name: field(part, 'key')?.text ?? '',
          value: reader.expression(field(part, 'value'), scope),
        }
      : { name: '', value: reader.expression(part, scope) },
  );
  return { name, args };
}

/** Names of specifications: sync and async, of tools, prompts and resources. */
const specification =
  /^(?:Sync|Async)(Tool|Prompt|Resource|ResourceTemplate)(?:Specification|Registration)$/;
const builderMethods: Record<string, HandlerKind> = { toolCall: 'tool' };

function matchSpecification(reader: AnnotatedReader, call: Call, scope: number): void {
  const { callee, args } = call;
  // `new McpServerFeatures.SyncToolSpecification(tool, handler)`
  const made = specification.exec(lastName(callee));
  if (made && args.length >= 2) {
    add(
      reader,
      kindOfName(made[1]),
      `new ${made[0]}`,
      args[0]?.value,
      args.at(-1)?.value,
      call,
      scope,
    );
    return;
  }
  if (callee.e !== 'member') return;
  const builderKind = Object.hasOwn(builderMethods, callee.key)
    ? builderMethods[callee.key]
    : undefined;
  if (builderKind && args.length === 2) {
    add(reader, builderKind, callee.key, args[0]?.value, args[1]?.value, call, scope);
    return;
  }
  if (matchOther(reader, call, scope)) return;
  // `SyncToolSpecification.builder().tool(tool).callHandler(handler).build()`
  if (callee.key !== 'build') return;
  const start = startOf(call);
  const built = specification.exec(start);
  if (!built) return;
  const given = (key: string): Expr => ({ e: 'built', of: call, key });
  const kind = kindOfName(built[1]);
  add(
    reader,
    kind,
    `${built[0]}.builder`,
    given(kind),
    { e: 'either', of: [given('callHandler'), given('call'), given('handler')] },
    call,
    scope,
  );
}

/** Makers of Quarkus: `toolManager.newTool("n").setHandler(handler).register()`. */
const makers: Record<string, HandlerKind> = {
  newTool: 'tool',
  newPrompt: 'prompt',
  newResource: 'resource',
  newResourceTemplate: 'resource',
};

function matchOther(reader: AnnotatedReader, call: Call, scope: number): boolean {
  const { callee, args } = call;
  if (callee.e !== 'member') return false;
  const [name, handler] = args;
  // Spring AI: `FunctionToolCallback.builder("n", handler)`
  if (callee.key === 'builder' && lastName(callee.of) === 'FunctionToolCallback') {
    if (name && handler) {
      const how = 'FunctionToolCallback.builder';
      const found = { kind: 'tool', how, name: name.value, handler: handler.value } as const;
      reader.builder.register(scope, {
        ...found,
        certain: true,
        handlerRequired: true,
        spot: call.spot,
      });
    }
    return true;
  }
  if (callee.key !== 'register') return false;
  const maker = Object.keys(makers).find((key) => givenInChain(call, key));
  if (!maker) return false;
  const given = (key: string): Expr => ({ e: 'built', of: call, key });
  reader.builder.register(scope, {
    kind: makers[maker] as HandlerKind,
    how: maker,
    name: given(maker),
    handler: { e: 'either', of: [given('setHandler'), given('setAsyncHandler')] },
    certain: true,
    handlerRequired: true,
    spot: call.spot,
  });
  return true;
}

function add(
  reader: AnnotatedReader,
  kind: HandlerKind,
  how: string,
  definition: Expr | undefined,
  handler: Expr | undefined,
  call: Call,
  scope: number,
): void {
  if (!definition || !handler) return;
  const named = (key: string, position = 0): Expr => ({
    e: 'built',
    of: definition,
    key,
    position,
  });
  const first: Expr = { e: 'argument', of: definition, position: 0 };
  const second: Expr = { e: 'argument', of: definition, position: 1 };
  const isResource = kind === 'resource';
  reader.builder.register(scope, {
    kind,
    how,
    // `Tool.builder().name("n")`, `Tool.builder("n", schema)`, `new Tool("n", …)`
    name: {
      e: 'either',
      of: [named('name'), named('builder', isResource ? 1 : 0), isResource ? second : first],
    },
    handler,
    ...(isResource
      ? {
          uri: {
            e: 'either',
            of: [named('uri'), named('uriTemplate'), named('builder'), first],
          } as Expr,
        }
      : {}),
    certain: true,
    spot: call.spot,
  });
}

function kindOfName(name: string | undefined): HandlerKind {
  return name === 'Tool' ? 'tool' : name === 'Prompt' ? 'prompt' : 'resource';
}

/** The name on which a chain of calls began. */
function startOf(call: Call): string {
  let at: Expr = call;
  while (at.e === 'call' && at.callee.e === 'member' && at.callee.of.e === 'call')
    at = at.callee.of;
  return at.e === 'call' && at.callee.e === 'member' ? lastName(at.callee.of) : '';
}

export function readJava(root: SyntaxNode): FileFacts {
  return readAnnotated(root, java);
}
