import type { Dispatch } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { PythonReader } from './python.js';
import { dispatchSubject } from './typescriptDispatch.js';

/** `match name: case "echo": …`; `case "a" | "b"` and `case Tools.ECHO` too. */
export function readMatch(reader: PythonReader, node: SyntaxNode, scope: number): void {
  const subject = field(node, 'subject')?.text ?? '';
  if (!dispatchSubject.test(subject)) return;
  const cases: Dispatch['cases'] = [];
  for (const clause of namedChildren(field(node, 'body') ?? node)) {
    if (clause.type !== 'case_clause') continue;
    const patterns = namedChildren(clause).filter((part) => part.type === 'case_pattern');
    for (const value of patterns.flatMap(alternatives)) {
      cases.push({ value: reader.expression(value, scope), spot: spotOf(clause) });
    }
  }
  reader.builder.addDispatch(scope, { subject, cases });
}

function alternatives(pattern: SyntaxNode): SyntaxNode[] {
  const inner = namedChildren(pattern);
  if (pattern.type === 'case_pattern' || pattern.type === 'union_pattern')
    return inner.flatMap(alternatives);
  // `Tools.ECHO` is a dotted name of identifiers; as an expression it reads as an attribute.
  return pattern.type === 'string' || pattern.type === 'dotted_name' ? [pattern] : [];
}

/** `if name == "echo":` and `elif name in ("a", "b"):` */
export function readComparison(reader: PythonReader, node: SyntaxNode, scope: number): void {
  const condition = field(node, 'condition');
  for (const comparison of condition ? comparisons(condition) : []) {
    const [left, right] = namedChildren(comparison);
    const operator = comparison.children[1]?.type;
    if (!left || !right || (operator !== '==' && operator !== 'in')) continue;
    const swapped = operator === '==' && dispatchSubject.test(right.text) && left.type === 'string';
    const [subject, value] = swapped ? [right, left] : [left, right];
    if (!dispatchSubject.test(subject.text)) continue;
    const values = operator === 'in' ? namedChildren(value) : [value];
    const cases = values.map((part) => ({
      value: reader.expression(part, scope),
      spot: spotOf(node),
    }));
    reader.builder.addDispatch(scope, { subject: subject.text, cases });
  }
}

function comparisons(node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'comparison_operator') return [node];
  const isJoined = node.type === 'boolean_operator' || node.type === 'parenthesized_expression';
  return isJoined ? namedChildren(node).flatMap(comparisons) : [];
}
