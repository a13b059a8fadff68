import { type Argument, type Expr, text, unknown } from '../facts.js';
import { spotOf } from '../factsBuilder.js';
import { childOfType, field, namedChildren, type SyntaxNode } from '../syntax.js';
import type { TypeScriptReader } from './typescript.js';

/** Past this nesting an expression tells nothing about handlers. */
const maxDepth = 40;

/** The text of a string literal or a property name. */
export function unquote(node: SyntaxNode | null): string {
  if (!node) return '';
  return /^['"`]/.test(node.text) ? unescapeText(node.text.slice(1, -1)) : node.text;
}

function unescapeText(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(
    /\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g,
    (_all, code: string) => {
      if (code.length > 1) {
        const point = Number.parseInt(code.replace(/[^0-9a-fA-F]/g, ''), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      }
      return { n: '\n', t: '\t', r: '\r', '\n': '' }[code] ?? code;
    },
  );
}

export function readExpression(
  reader: TypeScriptReader,
  node: SyntaxNode,
  scope: number,
  depth = 0,
): Expr {
  if (depth > maxDepth) return unknown;
  const read = (part: SyntaxNode | null): Expr =>
    part ? readExpression(reader, part, scope, depth + 1) : unknown;
  switch (node.type) {
    case 'string':
      return text(unquote(node));
    case 'template_string':
      return template(node, read);
    case 'identifier':
    case 'shorthand_property_identifier':
    case 'this':
    case 'super':
      return { e: 'name', name: node.text, scope };
    case 'member_expression': {
      const key = field(node, 'property')?.text ?? '';
      return { e: 'member', of: read(field(node, 'object')), key };
    }
    case 'subscript_expression': {
      const index = read(field(node, 'index'));
      const of = read(field(node, 'object'));
      return index.e === 'text'
        ? { e: 'member', of, key: index.value }
        : { e: 'index', of, key: index };
    }
    case 'object':
      return object(reader, node, scope, read);
    case 'array':
      return { e: 'list', elements: namedChildren(node).map(read) };
    case 'spread_element':
      return { e: 'spread', of: read(namedChildren(node)[0] ?? null) };
    case 'arrow_function':
    case 'function_expression':
    case 'function':
    case 'generator_function':
    case 'method_definition':
      return reader.functionOf(node, scope);
    case 'class':
      return reader.classOf(node, scope);
    case 'call_expression':
    case 'new_expression':
      return call(node, read);
    case 'as_expression':
    case 'satisfies_expression':
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'await_expression':
    case 'type_assertion':
      return read(namedChildren(node).find((part) => part.type !== 'type_arguments') ?? null);
    case 'binary_expression':
      return binary(node, read);
    case 'ternary_expression':
      return {
        e: 'either',
        of: [read(field(node, 'consequence')), read(field(node, 'alternative'))],
      };
    default:
      return unknown;
  }
}

type Read = (part: SyntaxNode | null) => Expr;

function template(node: SyntaxNode, read: Read): Expr {
  const parts = namedChildren(node);
  if (!parts.some((part) => part.type === 'template_substitution')) return text(unquote(node));
  return {
    e: 'concat',
    parts: parts.map((part) =>
      part.type === 'template_substitution'
        ? read(namedChildren(part)[0] ?? null)
        : text(part.text),
    ),
  };
}

function object(reader: TypeScriptReader, node: SyntaxNode, scope: number, read: Read): Expr {
  const entries = namedChildren(node).map((part) => {
    switch (part.type) {
      case 'pair': {
        const key = field(part, 'key');
        const computed = key?.type === 'computed_property_name' ? namedChildren(key)[0] : undefined;
        return {
          key: computed ? read(computed) : text(unquote(key)),
          value: read(field(part, 'value')),
        };
      }
      case 'method_definition':
        return { key: text(unquote(field(part, 'name'))), value: reader.functionOf(part, scope) };
      case 'spread_element':
        return { key: null, value: read(namedChildren(part)[0] ?? null) };
      default:
        return { key: text(part.text), value: read(part) };
    }
  });
  return { e: 'object', entries };
}

function call(node: SyntaxNode, read: Read): Expr {
  const target = field(node, 'function') ?? field(node, 'constructor');
  const list = field(node, 'arguments') ?? childOfType(node, 'arguments');
  const nodes = list?.type === 'arguments' ? namedChildren(list) : [];
  if (target?.type === 'import' || target?.text === 'require') {
    const from = nodes[0]?.type === 'string' ? unquote(nodes[0]) : '';
    return from ? { e: 'import', from, name: '*' } : unknown;
  }
  const args: Argument[] = nodes.map((part) => ({ name: '', value: read(part) }));
  return { e: 'call', callee: read(target), args, spot: spotOf(node) };
}

function binary(node: SyntaxNode, read: Read): Expr {
  const left = field(node, 'left');
  const right = field(node, 'right');
  switch (node.children.find((part) => part && /^(\+|\|\||\?\?)$/.test(part.type))?.type) {
    case '+':
      return { e: 'concat', parts: [read(left), read(right)] };
    case '||':
    case '??':
      return { e: 'either', of: [read(left), read(right)] };
    default:
      return unknown;
  }
}
