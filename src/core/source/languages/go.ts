/** Reads Go into facts: `modelcontextprotocol/go-sdk` and `mark3labs/mcp-go`. */
import { type Argument, type Expr, type FileFacts, text, typeKey, unknown } from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { samePackage } from '../modules.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import { matchGoCall, matchGoPair, matchGoStruct } from './goPatterns.js';

const maxDepth = 40;

class GoReader {
  readonly builder: FactsBuilder;
  /** Names of a struct's fields in order, for literals that leave them out. */
  private readonly fields = new Map<string, readonly string[]>();

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('go', root.endPosition.row + 1);
    this.builder.facts.stars.push(samePackage);
    this.readTypes(root);
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
      case 'range_clause':
        this.rangeClause(node, scope);
        break;
      case 'return_statement': {
        const values = namedChildren(namedChildren(node)[0] ?? node);
        const [first, ...others] = values.map((value) => this.expression(value, scope));
        const { returns, results } = this.builder.functionAt(scope);
        if (first) returns.push(first);
        if (first && others.length > 0) results.push([first, ...others]);
        break;
      }
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
        return this.composite(node, read, scope);
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
        const called = field(node, 'function');
        // `AddTool[In, Out](…)`: what stands in brackets are types.
        const callee =
          called?.type === 'index_expression' ? field(called, 'operand') : (called ?? null);
        return { e: 'call', callee: read(callee), args, spot: spotOf(node) };
      }
      case 'type_instantiation_expression':
        return read(namedChildren(node)[0]);
      default:
        return unknown;
    }
  }

  private composite(
    node: SyntaxNode,
    read: (part: SyntaxNode | null | undefined) => Expr,
    scope: number,
  ): Expr {
    const type = field(node, 'type');
    const elements = namedChildren(field(node, 'body') ?? node);
    if (type && /^(slice|array|implicit_length_array)_type$/.test(type.type)) {
      // The elements of a slice leave their type out: `[]server.ServerTool{{Tool: …}}`.
      const element = field(type, 'element');
      return {
        e: 'list',
        elements: elements.map((part) => this.literal(part, element, read, scope)),
      };
    }
    return this.literal(node, type?.type === 'map_type' ? null : type, read, scope);
  }

  private literal(
    node: SyntaxNode,
    type: SyntaxNode | null,
    read: (part: SyntaxNode | null | undefined) => Expr,
    scope: number,
  ): Expr {
    const body =
      node.type === 'literal_element' ? namedChildren(node)[0] : (field(node, 'body') ?? node);
    if (body?.type !== 'literal_value') return read(body);
    const names = this.fieldsOf(type);
    const entries = namedChildren(body).flatMap((part, position) => {
      if (part.type !== 'keyed_element') {
        const name = names[position];
        return name === undefined ? [] : [{ key: text(name), value: read(part) }];
      }
      const [key, value] = namedChildren(part);
      const name = key ? namedChildren(key)[0] : undefined;
      // A bare name is a field of a struct, but a constant in a map.
      const written = type && name?.type === 'identifier' ? text(name.text) : read(name);
      return [{ key: written, value: read(value) }];
    });
    const made: Expr = {
      e: 'object',
      entries: [...(type ? [{ key: text(typeKey), value: read(type) }] : []), ...entries],
    };
    if (type) matchGoStruct(this.builder, made, spotOf(node), scope);
    return made;
  }

  private fieldsOf(type: SyntaxNode | null): readonly string[] {
    const struct = type?.type === 'pointer_type' ? (namedChildren(type)[0] ?? null) : type;
    if (struct?.type === 'struct_type') return fieldNames(struct);
    return (struct && this.fields.get(struct.text)) ?? [];
  }

  private readTypes(root: SyntaxNode): void {
    for (const declaration of namedChildren(root)) {
      if (declaration.type !== 'type_declaration') continue;
      for (const spec of namedChildren(declaration)) {
        const type = field(spec, 'type');
        if (type?.type === 'struct_type')
          this.fields.set(field(spec, 'name')?.text ?? '', fieldNames(type));
      }
    }
  }

  /** `for i, tool := range tools` and, where the first name is no number's, `for name, h := range m`. */
  private rangeClause(node: SyntaxNode, scope: number): void {
    const [key, element] = namedChildren(field(node, 'left') ?? node);
    const of = this.expression(field(node, 'right'), scope);
    if (!key || !element) return;
    const id = this.builder.addScope(scope, this.scopeFunction(scope));
    if (/^(_|i|j|k|n|ix|idx|index)$/.test(key.text)) {
      this.builder.bind(scope, element.text, { e: 'each', of, id });
      return;
    }
    const pairs: Expr = {
      e: 'call',
      callee: { e: 'member', of, key: 'entries' },
      args: [],
      spot: spotOf(node),
    };
    const pair: Expr = { e: 'each', of: pairs, id };
    this.builder.bind(scope, key.text, { e: 'at', of: pair, position: 0 });
    this.builder.bind(scope, element.text, { e: 'at', of: pair, position: 1 });
  }

  private functionOf(node: SyntaxNode, scope: number): Expr {
    return this.builder.readFunction(node, scope, (inner, id) => {
      this.bindParameters(field(node, 'receiver'), inner, -1);
      this.bindParameters(field(node, 'parameters'), inner, id);
      const body = field(node, 'body');
      if (body) this.walk(body, inner);
      matchGoPair(this.builder, id, field(node, 'result')?.text ?? '');
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
      if (target?.type !== 'identifier') continue;
      const value = this.expression(list[at] ?? list[0], scope);
      // `tool, handler := make()`
      const isResult = at > 0 && list.length === 1;
      if (!isResult) this.builder.bind(scope, target.text, value);
      else if (value.e === 'call')
        this.builder.bind(scope, target.text, { e: 'result', of: value, position: at });
    }
  }

  private scopeFunction(scope: number): number {
    return this.builder.facts.scopes[scope]?.fn ?? 0;
  }
}

function fieldNames(struct: SyntaxNode): string[] {
  const list = namedChildren(struct).find((part) => part.type === 'field_declaration_list');
  return (list ? namedChildren(list) : []).flatMap((declaration) =>
    namedChildren(declaration)
      .filter((part) => part.type === 'field_identifier')
      .map((part) => part.text),
  );
}

function unquoteGo(literal: string): string {
  const body = literal.slice(1, -1);
  return literal.startsWith('"') ? body.replace(/\\(["\\])/g, '$1') : body;
}

export function readGo(root: SyntaxNode): FileFacts {
  return new GoReader(root).builder.facts;
}
