import type { Dispatch } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { TypeScriptReader } from './typescript.js';

/** What a dispatch may look at: `name`, `request.params.name`, `toolName`, `params.uri` … */
export const dispatchSubject = /(^|[._])(tool_?)?(name|uri)$|(^|[._])tool$|[a-z](Name|Uri|Tool)$/;

/** `switch (request.params.name) { case 'echo': … }`: each case is a handler. */
export function readSwitch(reader: TypeScriptReader, node: SyntaxNode, scope: number): void {
  const subject =
    field(node, 'value')
      ?.text.replace(/^\(|\)$/g, '')
      .trim() ?? '';
  if (!dispatchSubject.test(subject)) return;
  const cases: Dispatch['cases'] = [];
  for (const part of namedChildren(field(node, 'body') ?? node)) {
    if (part.type !== 'switch_case') continue;
    cases.push({ value: reader.expression(field(part, 'value'), scope), spot: spotOf(part) });
  }
  reader.builder.addDispatch(scope, { subject, cases });
}

/** `if (name === 'echo')`, each `else if` being an `if` of its own. */
export function readComparisons(reader: TypeScriptReader, node: SyntaxNode, scope: number): void {
  const condition = field(node, 'condition');
  if (!condition) return;
  for (const comparison of equalities(condition)) {
    const sides = [field(comparison, 'left'), field(comparison, 'right')];
    for (const [subject, value] of [sides, [...sides].reverse()]) {
      if (!subject || !value || !dispatchSubject.test(subject.text)) continue;
      if (
        value.type !== 'string' &&
        value.type !== 'identifier' &&
        value.type !== 'member_expression'
      )
        continue;
      const cases = [{ value: reader.expression(value, scope), spot: spotOf(node) }];
      reader.builder.addDispatch(scope, { subject: subject.text, cases });
      break;
    }
  }
}

function equalities(node: SyntaxNode): SyntaxNode[] {
  if (node.type !== 'binary_expression') {
    return node.type === 'parenthesized_expression' ? namedChildren(node).flatMap(equalities) : [];
  }
  const operator = node.children[1]?.type;
  if (operator === '===' || operator === '==') return [node];
  return operator === '||' || operator === '&&' ? namedChildren(node).flatMap(equalities) : [];
}
