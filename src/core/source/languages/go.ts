/** Reads Go into facts: `modelcontextprotocol/go-sdk` and `mark3labs/mcp-go`. */
import { type Argument, type Expr, type FileFacts, text, typeKey, unknown } from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { samePackage } from '../modules.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import { matchGoCall } from './goPatterns.js';

const maxDepth = 40;

class GoReader {
  readonly builder: FactsBuilder;

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('go', root.endPosition.row + 1);
    this.builder.facts.stars.push(samePackage);
    this.walkChildren(root, 0);
    this.builder.exportAll();
  }

  walkChildren(node: SyntaxNode, scope: number): void {
    for (const child of node.namedChildren) if (child) this.walk(child, scope);
  }

  private walk(node: SyntaxNode, scope: number): void {
    switch (node.type) {
      case 'comment':
      case 'interpreted_string_literal':
      case 'raw_string_literal':
      case 'type_declaration':
        return;
      case 'import_spec':
        this.importSpec(node);
        return;
      case 'function_declaration':
      case 'method_declaration':
        this.declaration(node, scope);
        return;
      case 'func_literal':
        this.functionOf(node, scope);
        return;
      case 'block':
        this.walkChildren(node, this.builder.addScope(scope, this.scopeFunction(scope)));
        return;
      case 'const_spec':
      case 'var_spec':
        this.bindAll(
          node.namedChildren.filter((part) => part?.type === 'identifier'),
          field(node, 'value'),
          scope,
        );
        break;
      case 'short_var_declaration':
      case 'assignment_statement':
        this.bindAll(namedChildren(field(node, 'left') ?? node), field(node, 'right'), scope);
        break;
      case 'range_clause': {
        const [, element] = namedChildren(field(node, 'left') ?? node);
        const of = this.expression(field(node, 'right'), scope);
        if (element)
          this.builder.bind(scope, element.text, {
            e: 'each',
            of,
            id: this.builder.addScope(scope, this.scopeFunction(scope)),
          });
        break;
      }
      case 'return_statement':
        for (const value of namedChildren(namedChildren(node)[0] ?? node).slice(0, 1)) {
          this.builder.functionAt(scope).returns.push(this.expression(value, scope));
        }
        break;
      case 'call_expression': {
        const call = this.expression(node, scope);
        if (call.e === 'call') {
          this.builder.functionAt(scope).calls.push(call);
          matchGoCall(this.builder, call, scope);
        }
        break;
      }
    }
    this.walkChildren(node, scope);
  }

  private expression(node: SyntaxNode | null | undefined, scope: number, depth = 0): Expr {
    if (!node || depth > maxDepth) return unknown;
    const read = (part: SyntaxNode | null | undefined): Expr =>
      this.expression(part, scope, depth + 1);
    switch (node.type) {
      case 'interpreted_string_literal':
      case 'raw_string_literal':
        return text(unquoteGo(node.text));
      case 'identifier':
      case 'type_identifier':
        return { e: 'name', name: node.text, scope };
      case 'selector_expression':
        return {
          e: 'member',
          of: read(field(node, 'operand')),
          key: field(node, 'field')?.text ?? '',
        };
      case 'qualified_type':
        return {
          e: 'member',
          of: { e: 'name', name: field(node, 'package')?.text ?? '', scope },
          key: field(node, 'name')?.text ?? '',
        };
      case 'unary_expression':
      case 'parenthesized_expression':
      case 'literal_element':
        return read(field(node, 'operand') ?? namedChildren(node)[0]);
      case 'func_literal':
        return this.functionOf(node, scope);
      case 'composite_literal':
        return this.composite(node, read);
      case 'index_expression': {
        const key = read(field(node, 'index'));
        const of = read(field(node, 'operand'));
        return key.e === 'text' ? { e: 'member', of, key: key.value } : { e: 'index', of, key };
      }
      case 'binary_expression':
        return { e: 'concat', parts: [read(field(node, 'left')), read(field(node, 'right'))] };
      case 'expression_list':
        return read(namedChildren(node)[0]);
      case 'call_expression': {
        const args = namedChildren(field(node, 'arguments') ?? node).map((part): Argument => {
          // `tools...` passes a slice as the arguments.
          const spread = part.type === 'variadic_argument';
          const value = read(spread ? namedChildren(part)[0] : part);
          return { name: '', value: spread ? { e: 'spread', of: value } : value };
        });
        return { e: 'call', callee: read(field(node, 'function')), args, spot: spotOf(node) };
      }
      default:
        return unknown;
    }
  }

  private composite(node: SyntaxNode, read: (part: SyntaxNode | null | undefined) => Expr): Expr {
    const type = field(node, 'type');
    const elements = namedChildren(field(node, 'body') ?? node);
    if (type && /^(slice|array|implicit_length_array)_type$/.test(type.type)) {
      // The elements of a slice leave their type out: `[]server.ServerTool{{Tool: …}}`.
      return {
        e: 'list',
        elements: elements.map((part) => this.literal(part, field(type, 'element'), read)),
      };
    }
    return this.literal(node, type?.type === 'map_type' ? null : type, read);
  }

  private literal(
    node: SyntaxNode,
    type: SyntaxNode | null,
    read: (part: SyntaxNode | null | undefined) => Expr,
  ): Expr {
    const body =
      node.type === 'literal_element' ? namedChildren(node)[0] : (field(node, 'body') ?? node);
    if (body?.type !== 'literal_value') return read(body);
    const entries = namedChildren(body).flatMap((part) => {
      if (part.type !== 'keyed_element') return [];
      const [key, value] = namedChildren(part);
      const name = key ? namedChildren(key)[0] : undefined;
      const written = name?.type === 'identifier' ? text(name.text) : read(name);
      return [{ key: written, value: read(value) }];
    });
    return {
      e: 'object',
      entries: [...(type ? [{ key: text(typeKey), value: read(type) }] : []), ...entries],
    };
  }

  private functionOf(node: SyntaxNode, scope: number): Expr {
    return this.builder.readFunction(node, scope, (inner, id) => {
      this.bindParameters(field(node, 'receiver'), inner, -1);
      this.bindParameters(field(node, 'parameters'), inner, id);
      const body = field(node, 'body');
      if (body) this.walk(body, inner);
    });
  }

  private bindParameters(list: SyntaxNode | null, scope: number, fn: number): void {
    let position = 0;
    for (const part of list ? namedChildren(list) : []) {
      const type = field(part, 'type')?.text ?? '';
      for (const name of part.namedChildren.filter((child) => child?.type === 'identifier')) {
        const written = name?.text ?? '';
        this.builder.facts.functions[fn]?.params.push(written);
        this.builder.bind(scope, written, {
          e: 'param',
          fn,
          position: position++,
          name: written,
          type,
        });
      }
    }
  }

  private declaration(node: SyntaxNode, scope: number): void {
    const name = field(node, 'name')?.text ?? '';
    const receiver = field(node, 'receiver');
    const type = receiver ? (/(\w+)(?:\[.*\])?\)$/.exec(receiver.text)?.[1] ?? '') : '';
    this.builder.bind(scope, type ? `${type}.${name}` : name, this.functionOf(node, scope));
  }

  private importSpec(node: SyntaxNode): void {
    const from = unquoteGo(field(node, 'path')?.text ?? '');
    const alias = field(node, 'name')?.text;
    // The package is usually named as the last part of its path, a version or `go-` apart.
    const last =
      from
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1)
        ?.replace(/^go-|\.v\d+$/g, '') ?? '';
    this.builder.facts.imports.push(from);
    this.builder.bind(0, alias ?? last, { e: 'import', from, name: '*' });
  }

  private bindAll(
    targets: readonly (SyntaxNode | null)[],
    values: SyntaxNode | null,
    scope: number,
  ): void {
    const list =
      values?.type === 'expression_list' ? namedChildren(values) : values ? [values] : [];
    for (const [at, target] of targets.entries()) {
      const value = list[at] ?? (at === 0 ? list[0] : undefined);
      if (target?.type === 'identifier')
        this.builder.bind(scope, target.text, this.expression(value, scope));
    }
  }

  private scopeFunction(scope: number): number {
    return this.builder.facts.scopes[scope]?.fn ?? 0;
  }
}

function unquoteGo(literal: string): string {
  const body = literal.slice(1, -1);
  return literal.startsWith('"') ? body.replace(/\\(["\\])/g, '$1') : body;
}

export function readGo(root: SyntaxNode): FileFacts {
  return new GoReader(root).builder.facts;
}
