/** C#: `ModelContextProtocol`'s attributes and `McpServerTool.Create`. */
import type { HandlerKind } from '../../protocol.js';
import { lastName } from '../expressions.js';
import { type Expr, type FileFacts, unknown } from '../facts.js';
import { childOfType, field, namedChildren, type SyntaxNode } from '../syntax.js';
import { type AnnotatedReader, type Dialect, type Mark, readAnnotated } from './annotated.js';
import { readCsharpChoice, registerAnswerers } from './csharpDispatch.js';

const kinds: Record<string, HandlerKind> = {
  McpServerTool: 'tool',
  McpServerPrompt: 'prompt',
  McpServerResource: 'resource',
};

const isAsynchronous = /^(?:\w+\.)*(?:Task|ValueTask|IAsyncEnumerable)\b/;

const csharp: Dialect = {
  language: 'csharp',
  classes: new Set([
    'class_declaration',
    'record_declaration',
    'struct_declaration',
    'interface_declaration',
  ]),
  methods: new Set(['method_declaration', 'local_function_statement']),
  lambdas: new Set(['lambda_expression', 'anonymous_method_expression']),
  marksOf(reader, method, scope) {
    return namedChildren(method)
      .filter((part) => part.type === 'attribute_list')
      .flatMap((list) => namedChildren(list))
      .filter((part) => part.type === 'attribute')
      .map((part) => markOf(reader, part, scope));
  },
  kindOf: (mark) => (Object.hasOwn(kinds, mark) ? kinds[mark] : undefined),
  // `JsonNamingPolicy.SnakeCaseLower` of the name, without the suffix of asynchronous methods.
  defaultName: (method, returned) =>
    (isAsynchronous.test(returned) ? method.replace(/(?<=.)Async$/, '') : method)
      .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
      .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1_$2')
      .toLowerCase(),
  readChoice: readCsharpChoice,
  matchCall(reader, call, scope) {
    const { callee } = call;
    registerAnswerers(reader, call);
    if (callee.e !== 'member' || callee.key !== 'Create') return;
    const type = lastName(callee.of);
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    const handler = call.args[0]?.value;
    if (!kind || !handler) return;
    const options = call.args.slice(1).map((argument) => argument.value);
    const given = (key: string): Expr | undefined =>
      options
        .flatMap((part) => (part.e === 'call' ? part.args : []))
        .find((argument) => argument.name === key)?.value;
    const uri = given('UriTemplate');
    const fallback: Expr = { e: 'member', of: handler, key: '__name__' };
    reader.builder.register(scope, {
      kind,
      how: `${type}.Create`,
      name: given('Name') ?? fallback,
      handler,
      ...(kind === 'resource' && uri ? { uri } : {}),
      certain: true,
      spot: call.spot,
    });
  },
};

function markOf(reader: AnnotatedReader, attribute: SyntaxNode, scope: number): Mark {
  const written =
    (field(attribute, 'name')?.text ?? '')
      .split('.')
      .at(-1)
      ?.replace(/Attribute$/, '') ?? '';
  const list = childOfType(attribute, 'attribute_argument_list');
  const args = (list ? namedChildren(list) : []).map((part) => {
    // `Name = "n"` is an assignment in some versions of the grammar and two children in others.
    const inner = namedChildren(part);
    const assignment = inner.find((child) => child.type === 'assignment_expression');
    if (assignment) {
      return {
        name: field(assignment, 'left')?.text ?? '',
        value: reader.expression(field(assignment, 'right'), scope),
      };
    }
    const name = inner.length > 1 ? (inner[0]?.text.replace(/[=:\s]+$/, '') ?? '') : '';
    return { name, value: inner.length > 0 ? reader.expression(inner.at(-1), scope) : unknown };
  });
  return { name: written, args };
}

export function readCsharp(root: SyntaxNode): FileFacts {
  return readAnnotated(root, csharp);
}
