import { type Argument, type Expr, text, unknown } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { PythonReader } from './python.js';

const maxDepth = 40;

/** The text of a string literal without substitutions, or null. */
export function readString(node: SyntaxNode): string | null {
  const parts = namedChildren(node);
  if (parts.some((part) => part.type === 'interpolation')) return null;
  const quoted = /^([a-zA-Z]*)('''|"""|'|")([\s\S]*)\2$/.exec(node.text);
  if (!quoted) return null;
  const [, prefix = '', , body = ''] = quoted;
  if (/r/i.test(prefix) || !body.includes('\\')) return body;
  return body.replace(
    /\\([\s\S])/g,
    (_all, code: string) => ({ n: '\n', t: '\t', '\n': '' })[code] ?? code,
  );
}

export function readExpression(
  reader: PythonReader,
  node: SyntaxNode,
  scope: number,
  depth = 0,
): Expr {
  if (depth > maxDepth) return unknown;
  const read = (part: SyntaxNode | null | undefined): Expr =>
    part ? readExpression(reader, part, scope, depth + 1) : unknown;
  switch (node.type) {
    case 'string':
      return string(node, read);
    case 'concatenated_string':
      return { e: 'concat', parts: namedChildren(node).map(read) };
    case 'identifier':
      return { e: 'name', name: node.text, scope };
    case 'dotted_name':
      return dotted(node.text, scope);
    case 'attribute':
      return {
        e: 'member',
        of: read(field(node, 'object')),
        key: field(node, 'attribute')?.text ?? '',
      };
    case 'subscript': {
      const key = read(field(node, 'subscript'));
      const of = read(field(node, 'value'));
      return key.e === 'text' ? { e: 'member', of, key: key.value } : { e: 'index', of, key };
    }
    case 'dictionary':
      return { e: 'object', entries: namedChildren(node).map((part) => entry(part, read)) };
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return { e: 'list', elements: namedChildren(node).map(read) };
    case 'list_splat':
      return { e: 'spread', of: read(namedChildren(node)[0]) };
    case 'lambda':
      return reader.functionOf(node, scope);
    case 'call':
      return call(node, read);
    case 'parenthesized_expression':
    case 'await':
    case 'type':
      return read(namedChildren(node)[0]);
    case 'named_expression':
      return read(field(node, 'value'));
    case 'binary_operator': {
      const parts = [read(field(node, 'left')), read(field(node, 'right'))];
      if (field(node, 'operator')?.type !== '+') return unknown;
      return parts.some((part) => part.e === 'list')
        ? { e: 'list', elements: parts.map((of) => ({ e: 'spread', of }) as Expr) }
        : { e: 'concat', parts };
    }
    case 'boolean_operator':
      return { e: 'either', of: [read(field(node, 'left')), read(field(node, 'right'))] };
    case 'conditional_expression': {
      const parts = namedChildren(node);
      return { e: 'either', of: [read(parts[0]), read(parts[2])] };
    }
    default:
      return unknown;
  }
}

type Read = (part: SyntaxNode | null | undefined) => Expr;

function string(node: SyntaxNode, read: Read): Expr {
  const value = readString(node);
  if (value !== null) return text(value);
  const parts = namedChildren(node).flatMap((part): Expr[] => {
    if (part.type === 'string_content') return [text(part.text)];
    if (part.type !== 'interpolation') return [];
    return [read(field(part, 'expression') ?? namedChildren(part)[0])];
  });
  return { e: 'concat', parts };
}

/** `Tools.ECHO` as a pattern of `match`. */
function dotted(written: string, scope: number): Expr {
  const [first = '', ...rest] = written.split('.');
  return rest.reduce<Expr>((of, key) => ({ e: 'member', of, key }), {
    e: 'name',
    name: first,
    scope,
  });
}

function entry(part: SyntaxNode, read: Read): { key: Expr | null; value: Expr } {
  if (part.type === 'pair')
    return { key: read(field(part, 'key')), value: read(field(part, 'value')) };
  return { key: null, value: read(namedChildren(part)[0]) };
}

function call(node: SyntaxNode, read: Read): Expr {
  const list = field(node, 'arguments');
  const args = (list ? namedChildren(list) : []).map((part): Argument => {
    if (part.type !== 'keyword_argument') return { name: '', value: read(part) };
    return { name: field(part, 'name')?.text ?? '', value: read(field(part, 'value')) };
  });
  return { e: 'call', callee: read(field(node, 'function')), args, spot: spotOf(node) };
}
