/** C# without attributes: one handler for every name, which chooses inside. */
import type { HandlerKind } from '../../protocol.js';
import type { Expr } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { AnnotatedReader } from './annotated.js';
import { dispatchSubject } from './typescriptDispatch.js';

/** `WithCallToolHandler(handler)` of a builder, `CallToolHandler = handler` of options. */
const answerers: Record<string, HandlerKind> = {
  CallToolHandler: 'tool',
  GetPromptHandler: 'prompt',
  ReadResourceHandler: 'resource',
};

export function registerAnswerers(
  reader: AnnotatedReader,
  call: Extract<Expr, { e: 'call' }>,
): void {
  const add = (name: string, handler: Expr): void => {
    const kind = Object.hasOwn(answerers, name) ? answerers[name] : undefined;
    if (kind) reader.builder.registerLowLevel({ kind, how: name, handler, spot: call.spot });
  };
  const [first] = call.args;
  if (call.callee.e === 'member' && call.callee.key.startsWith('With') && first)
    add(call.callee.key.slice('With'.length), first.value);
  for (const argument of call.args) add(argument.name, argument.value);
}

/** `switch (name) { case "n": … }`, `name switch { "n" => … }` and `if (name == "n")`. */
export function readCsharpChoice(reader: AnnotatedReader, node: SyntaxNode, scope: number): void {
  const add = (subject: SyntaxNode | null | undefined, found: readonly Case[]): void => {
    const written = subjectOf(subject);
    if (!dispatchSubject.test(written)) return;
    const cases = found.map(({ value, at }) => ({
      value: reader.expression(value, scope),
      spot: spotOf(at),
    }));
    reader.builder.addDispatch(scope, { subject: written, cases });
  };
  if (node.type === 'switch_statement') {
    add(field(node, 'value'), namedChildren(field(node, 'body') ?? node).flatMap(casesOf));
  } else if (node.type === 'switch_expression') {
    const [subject, ...arms] = namedChildren(node);
    add(subject, arms.flatMap(casesOf));
  } else {
    const condition = field(node, 'condition');
    const [left, right] = [
      condition && field(condition, 'left'),
      condition && field(condition, 'right'),
    ];
    if (condition?.type === 'binary_expression' && condition.text.includes('==') && right)
      add(left, [{ value: right, at: node }]);
  }
}

interface Case {
  readonly value: SyntaxNode;
  readonly at: SyntaxNode;
}

/** The constants of one arm; `"a" or "b"` are two. */
function casesOf(arm: SyntaxNode): Case[] {
  const constants = (pattern: SyntaxNode): SyntaxNode[] => {
    if (pattern.type === 'or_pattern') return namedChildren(pattern).flatMap(constants);
    return pattern.type === 'constant_pattern' ? namedChildren(pattern).slice(0, 1) : [];
  };
  if (!/^switch_(section|expression_arm)$/.test(arm.type)) return [];
  return namedChildren(arm)
    .flatMap(constants)
    .map((value) => ({ value, at: arm }));
}

/** `context.Params?.Name` as the other languages write it. */
function subjectOf(node: SyntaxNode | null | undefined): string {
  return (node?.text ?? '')
    .replace(/[?!]/g, '')
    .replace(/(^|\.)([A-Z])/g, (found) => found.toLowerCase());
}
