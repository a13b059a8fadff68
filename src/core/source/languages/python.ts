/** Reads Python into facts. */

import { lastName } from '../expressions.js';
import { type Expr, type FileFacts, unknown } from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import { readComparison, readMatch } from './pythonDispatch.js';
import { readExpression } from './pythonExpressions.js';
import { matchCall, matchDecorators } from './pythonPatterns.js';

const skipped = new Set([
  'comment',
  'string',
  'integer',
  'float',
  'identifier',
  'type',
  'true',
  'false',
  'none',
]);

/** One walk over a tree; expressions are read where they stand, functions once. */
export class PythonReader {
  readonly builder: FactsBuilder;

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('python', root.endPosition.row + 1);
    this.walkChildren(root, 0);
    this.builder.exportAll();
  }

  expression(node: SyntaxNode | null, scope: number): Expr {
    return node ? readExpression(this, node, scope) : unknown;
  }

  functionOf(node: SyntaxNode, scope: number): Expr {
    return this.builder.readFunction(node, scope, (inner, id) => {
      this.bindParameters(field(node, 'parameters'), inner, id);
      const body = field(node, 'body');
      if (node.type === 'lambda') {
        this.builder.facts.functions[id]?.returns.push(this.expression(body, inner));
      }
      if (body) this.walk(body, inner);
    });
  }

  walk(node: SyntaxNode, scope: number): void {
    if (skipped.has(node.type)) return;
    switch (node.type) {
      case 'decorated_definition':
        this.decorated(node, scope);
        return;
      case 'function_definition':
        this.builder.bind(scope, field(node, 'name')?.text ?? '', this.functionOf(node, scope));
        return;
      case 'class_definition':
        this.classDefinition(node, scope);
        return;
      case 'lambda':
        this.functionOf(node, scope);
        return;
      case 'import_statement':
        for (const part of namedChildren(node)) this.importModule(part, scope);
        return;
      case 'import_from_statement':
        this.importFrom(node, scope);
        return;
      case 'assignment':
      case 'named_expression':
        this.assignment(node, scope);
        break;
      case 'for_in_clause':
      case 'for_statement': {
        const of = this.expression(field(node, 'right'), scope);
        this.bindTarget(field(node, 'left'), { e: 'each', of, id: this.freshId(scope) }, scope);
        break;
      }
      case 'match_statement':
        readMatch(this, node, scope);
        break;
      case 'if_statement':
      case 'elif_clause':
        readComparison(this, node, scope);
        break;
      case 'return_statement': {
        const value = namedChildren(node)[0];
        if (value) this.builder.functionAt(scope).returns.push(this.expression(value, scope));
        break;
      }
      case 'call': {
        const call = this.expression(node, scope);
        if (call.e === 'call') {
          this.builder.functionAt(scope).calls.push(call);
          matchCall(this, call, scope);
          const target = field(node, 'function');
          const added = call.args[0]?.value;
          if (added && /\.(append|add)$/.test(target?.text ?? ''))
            this.addTo(field(target as SyntaxNode, 'object'), scope, {
              e: 'list',
              elements: [added],
            });
        }
        break;
      }
      case 'subscript': {
        const key = field(node, 'subscript');
        if (key && key.type !== 'string' && key.type !== 'slice' && key.type !== 'integer') {
          this.builder.functionAt(scope).tables.push(this.expression(field(node, 'value'), scope));
        }
        break;
      }
    }
    this.walkChildren(node, scope);
  }

  walkChildren(node: SyntaxNode, scope: number): void {
    for (const child of node.namedChildren) if (child) this.walk(child, scope);
  }

  bindTarget(target: SyntaxNode | null, value: Expr, scope: number): void {
    if (!target) return;
    if (target.type === 'identifier') {
      this.builder.bind(scope, target.text, value);
    } else if (/^(pattern_list|tuple_pattern|list_pattern)$/.test(target.type)) {
      for (const [position, part] of namedChildren(target).entries()) {
        this.bindTarget(part, { e: 'at', of: value, position }, scope);
      }
    } else if (target.type === 'attribute' && field(target, 'object')?.text === 'self') {
      const owner = this.builder.classAround(scope, 'self');
      if (owner) this.builder.addMember(owner, field(target, 'attribute')?.text ?? '', value);
    }
  }

  private freshId(scope: number): number {
    return this.builder.addScope(scope, this.builder.facts.scopes[scope]?.fn ?? 0);
  }

  private decorated(node: SyntaxNode, scope: number): void {
    const definition = field(node, 'definition');
    if (!definition) return;
    this.walk(definition, scope);
    const decorators = namedChildren(node).filter((part) => part.type === 'decorator');
    for (const decorator of decorators) this.walkChildren(decorator, scope);
    if (definition.type === 'function_definition') {
      const handler = this.functionOf(definition, scope);
      for (const decorator of decorators) this.decorate(decorator, handler, scope);
      matchDecorators(this, decorators, definition, handler, scope);
    }
  }

  /** A decorator is a function that is called with what it stands above. */
  private decorate(decorator: SyntaxNode, handler: Expr, scope: number): void {
    const callee = this.expression(namedChildren(decorator)[0] ?? null, scope);
    const args = [{ name: '', value: handler }];
    const call: Expr = { e: 'call', callee, args, spot: spotOf(decorator) };
    this.builder.functionAt(scope).calls.push(call);
    const wraps = callee.e === 'call' && lastName(callee.callee) === 'wraps';
    const made = handler.e === 'fn' ? this.builder.facts.functions[handler.id] : undefined;
    if (wraps && made && callee.args[0]) made.wraps = callee.args[0].value;
  }

  /** `tools["n"] = f` and `tools.append(t)`, wherever `tools` was made. */
  addTo(target: SyntaxNode | null, scope: number, value: Expr): void {
    if (target?.type === 'attribute') this.bindTarget(target, value, scope);
    else if (target?.type === 'identifier') this.builder.bindWhereKnown(scope, target.text, value);
  }

  private classDefinition(node: SyntaxNode, scope: number): void {
    const bases = namedChildren(field(node, 'superclasses') ?? node).filter(
      (part) => part.type === 'identifier' || part.type === 'attribute',
    );
    const hasBases = field(node, 'superclasses') !== null;
    const inner = this.builder.addScope(scope, this.builder.facts.scopes[scope]?.fn ?? 0);
    const made = this.builder.addClass(
      field(node, 'name')?.text ?? '',
      spotOf(node),
      inner,
      hasBases ? bases.map((base) => this.expression(base, scope)) : [],
    );
    const self: Expr = { e: 'class', id: made.id };
    this.builder.bind(inner, 'self', { e: 'self', id: made.id });
    this.builder.bind(scope, made.name, self);
    const body = field(node, 'body');
    if (body) this.walk(body, inner);
    for (const [name, values] of Object.entries(this.builder.facts.scopes[inner]?.bindings ?? {})) {
      if (name !== 'self') for (const value of values) this.builder.addMember(made, name, value);
    }
  }

  private importModule(part: SyntaxNode, scope: number): void {
    const aliased = part.type === 'aliased_import';
    const from = (aliased ? field(part, 'name') : part)?.text ?? '';
    this.builder.facts.imports.push(from);
    if (aliased) {
      this.builder.bind(scope, field(part, 'alias')?.text ?? '', { e: 'import', from, name: '*' });
      return;
    }
    // `import a.b` names `a`; `a.b.f` is then a member of a member.
    const first = from.split('.')[0] ?? from;
    this.builder.bind(scope, first, { e: 'import', from: first, name: '*' });
  }

  private importFrom(node: SyntaxNode, scope: number): void {
    const from = field(node, 'module_name')?.text ?? '';
    this.builder.facts.imports.push(from);
    const parts = namedChildren(node).slice(1);
    for (const part of parts) {
      if (part.type === 'wildcard_import') {
        this.builder.facts.stars.push(from);
      } else {
        const name = (field(part, 'name') ?? part).text;
        const local = field(part, 'alias')?.text ?? name;
        this.builder.bind(scope, local, { e: 'import', from, name });
      }
    }
  }

  private assignment(node: SyntaxNode, scope: number): void {
    const value = field(node, 'right') ?? field(node, 'value');
    const type = field(node, 'type')?.text ?? '';
    const declared: Expr = { e: 'param', fn: -1, position: -1, name: '', type };
    const target = field(node, 'left') ?? field(node, 'name');
    if (target?.type === 'attribute' && field(target, 'attribute')?.text === '__name__') {
      this.builder.bind(scope, target.text, this.expression(value, scope));
      return;
    }
    if (target?.type === 'subscript') {
      this.addTo(field(target, 'value'), scope, {
        e: 'object',
        entries: [
          {
            key: this.expression(field(target, 'subscript'), scope),
            value: this.expression(value, scope),
          },
        ],
      });
      return;
    }
    this.bindTarget(target, value ? this.expression(value, scope) : declared, scope);
  }

  private bindParameters(list: SyntaxNode | null, scope: number, fn: number): void {
    let position = 0;
    for (const part of list ? namedChildren(list) : []) {
      const named =
        part.type === 'identifier' ? part : (field(part, 'name') ?? namedChildren(part)[0]);
      const name = named?.type === 'identifier' ? named.text : '';
      if (name === 'self' || name === 'cls') continue;
      const type = field(part, 'type')?.text ?? '';
      this.builder.facts.functions[fn]?.params.push(name);
      this.builder.bind(scope, name, { e: 'param', fn, position, name, type });
      position++;
    }
  }
}

export function readPython(root: SyntaxNode): FileFacts {
  return new PythonReader(root).builder.facts;
}
