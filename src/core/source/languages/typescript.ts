/** Reads TypeScript and JavaScript (with JSX) into facts. */
import { type ClassFacts, type Expr, type FileFacts, text, unknown } from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { childOfType, field, namedChildren, type SyntaxNode } from '../syntax.js';
import { readComparisons, readSwitch } from './typescriptDispatch.js';
import { readExpression, unquote } from './typescriptExpressions.js';
import { matchCall, matchClass, matchDecorator, matchModule } from './typescriptPatterns.js';

const functionTypes = new Set([
  'arrow_function',
  'function_expression',
  'function',
  'function_declaration',
  'generator_function',
  'generator_function_declaration',
  'method_definition',
]);
/** Nothing about handlers stands inside these. */
const skipped = new Set([
  'comment',
  'string',
  'number',
  'regex',
  'identifier',
  'property_identifier',
  'type_annotation',
  'type_arguments',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'this',
  'true',
  'false',
  'null',
]);

/** One walk over a tree; expressions are read where they stand, functions once. */
export class TypeScriptReader {
  readonly builder: FactsBuilder;

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('typescript', root.endPosition.row + 1);
    this.walkChildren(root, 0);
    matchModule(this);
  }

  /** Ties together what is said of the same element of a list. */
  freshId(scope: number): number {
    return this.builder.addScope(scope, this.scopeFunction(scope));
  }

  expression(node: SyntaxNode | null, scope: number): Expr {
    return node ? readExpression(this, node, scope) : unknown;
  }

  /** The function that a node is; its body is walked the first time. */
  functionOf(node: SyntaxNode, scope: number, name = ''): Expr {
    const fill = (inner: number, id: number): void => {
      this.bindParameters(node, inner, id);
      const body = field(node, 'body');
      if (body && body.type !== 'statement_block') {
        this.builder.facts.functions[id]?.returns.push(this.expression(body, inner));
      }
      if (body) this.walk(body, inner);
    };
    return this.builder.readFunction(node, scope, fill, { name });
  }

  classOf(node: SyntaxNode, scope: number): Expr {
    const known = this.builder.knownFunction(node);
    if (known !== undefined) return { e: 'class', id: known };
    const heritage = childOfType(node, 'class_heritage');
    const extendsClause = heritage ? (childOfType(heritage, 'extends_clause') ?? heritage) : null;
    const base = extendsClause
      ? (field(extendsClause, 'value') ?? namedChildren(extendsClause)[0])
      : undefined;
    const inner = this.builder.addScope(scope, this.builder.facts.scopes[scope]?.fn ?? 0);
    const made = this.builder.addClass(field(node, 'name')?.text ?? '', spotOf(node), inner, [
      ...(base ? [this.expression(base, scope)] : []),
    ]);
    this.builder.rememberFunction(node, made.id);
    this.builder.bind(inner, 'this', { e: 'self', id: made.id });
    for (const member of namedChildren(field(node, 'body') ?? node))
      this.member(made, member, inner);
    matchClass(this, made);
    return { e: 'class', id: made.id };
  }

  walk(node: SyntaxNode, scope: number): void {
    if (skipped.has(node.type)) return;
    if (functionTypes.has(node.type)) {
      const value = this.functionOf(node, scope);
      if (node.type.endsWith('_declaration')) {
        this.builder.bind(scope, field(node, 'name')?.text ?? '', value);
      }
      return;
    }
    switch (node.type) {
      case 'class_declaration':
      case 'abstract_class_declaration':
        this.builder.bind(scope, field(node, 'name')?.text ?? '', this.classOf(node, scope));
        return;
      case 'class':
        this.classOf(node, scope);
        return;
      case 'import_statement':
        this.importStatement(node, scope);
        return;
      case 'export_statement':
        this.exportStatement(node, scope);
        return;
      case 'variable_declarator': {
        const value = field(node, 'value');
        this.bindPattern(field(node, 'name'), this.declared(node, value, scope), scope);
        if (value) this.walk(value, scope);
        return;
      }
      case 'enum_declaration':
        this.enumeration(node, scope);
        return;
      case 'assignment_expression':
        this.assignment(node, scope);
        break;
      case 'for_in_statement':
        this.loop(node, scope);
        return;
      case 'switch_statement':
        readSwitch(this, node, scope);
        break;
      case 'if_statement':
        readComparisons(this, node, scope);
        break;
      case 'return_statement': {
        const value = namedChildren(node)[0];
        if (value) this.builder.functionAt(scope).returns.push(this.expression(value, scope));
        break;
      }
      case 'statement_block':
        this.walkChildren(node, this.builder.addScope(scope, this.scopeFunction(scope)));
        return;
      case 'call_expression':
      case 'new_expression': {
        const call = this.expression(node, scope);
        if (call.e === 'call') {
          this.builder.functionAt(scope).calls.push(call);
          matchCall(this, node, call, scope);
          this.addedTo(call, field(field(node, 'function') ?? node, 'object'), scope);
        }
        break;
      }
      case 'subscript_expression':
        if (field(node, 'index')?.type !== 'string') {
          this.builder.functionAt(scope).tables.push(this.expression(field(node, 'object'), scope));
        }
        break;
    }
    this.walkChildren(node, scope);
  }

  walkChildren(node: SyntaxNode, scope: number): void {
    for (const child of node.namedChildren) if (child) this.walk(child, scope);
  }

  /** Names a pattern, `{a, b: c}` and `[a, b]` included. */
  bindPattern(pattern: SyntaxNode | null, value: Expr, scope: number): void {
    if (!pattern) return;
    switch (pattern.type) {
      case 'identifier':
        this.builder.bind(scope, pattern.text, value);
        return;
      case 'object_pattern':
        for (const part of namedChildren(pattern)) {
          if (part.type === 'shorthand_property_identifier_pattern') {
            this.builder.bind(scope, part.text, { e: 'member', of: value, key: part.text });
          } else if (part.type === 'pair_pattern') {
            const key = unquote(field(part, 'key'));
            this.bindPattern(field(part, 'value'), { e: 'member', of: value, key }, scope);
          } else if (part.type === 'object_assignment_pattern') {
            const name = field(part, 'left')?.text ?? '';
            this.builder.bind(scope, name, { e: 'member', of: value, key: name });
          }
        }
        return;
      case 'array_pattern':
        for (const [position, part] of namedChildren(pattern).entries()) {
          this.bindPattern(part, { e: 'at', of: value, position }, scope);
        }
        return;
      case 'assignment_pattern':
        this.bindPattern(field(pattern, 'left'), value, scope);
    }
  }

  private scopeFunction(scope: number): number {
    return this.builder.facts.scopes[scope]?.fn ?? 0;
  }

  /** A typed `let server: McpServer` without a value is still a server. */
  private declared(node: SyntaxNode, value: SyntaxNode | null, scope: number): Expr {
    if (!value)
      return { e: 'param', fn: -1, position: -1, name: '', type: field(node, 'type')?.text ?? '' };
    if (functionTypes.has(value.type)) {
      return this.functionOf(value, scope, field(node, 'name')?.text ?? '');
    }
    return this.expression(value, scope);
  }

  private bindParameters(node: SyntaxNode, scope: number, fn: number): void {
    const single = field(node, 'parameter');
    const list = single ? [single] : namedChildren(field(node, 'parameters') ?? node);
    if (!single && !field(node, 'parameters')) return;
    for (const [position, part] of list.entries()) {
      const pattern = single ?? field(part, 'pattern') ?? part;
      const type = single ? '' : (field(part, 'type')?.text ?? '');
      const name = pattern.type === 'identifier' ? pattern.text : '';
      this.builder.facts.functions[fn]?.params.push(name);
      const value: Expr = { e: 'param', fn, position, name, type };
      this.bindPattern(pattern, value, scope);
      // `constructor(private readonly name: string)` is a field too.
      const isField = part.children.some((child) =>
        /^(accessibility_modifier|readonly)$/.test(child?.type ?? ''),
      );
      if (isField) this.addField(name, value, scope);
    }
  }

  /** `tools.push(tool)` and `handlers.set('n', fn)`, wherever `tools` was made. */
  private addedTo(
    { callee, args }: Extract<Expr, { e: 'call' }>,
    target: SyntaxNode | null,
    scope: number,
  ): void {
    const [first, second] = args.map((argument) => argument.value);
    if (callee.e !== 'member' || !target || !first) return;
    const elements = args.map(({ value }) => value);
    const added: Expr | null =
      callee.key === 'push'
        ? { e: 'list', elements }
        : callee.key === 'set' && second
          ? { e: 'object', entries: [{ key: first, value: second }] }
          : null;
    if (!added) return;
    if (target.type === 'identifier') this.builder.bindWhereKnown(scope, target.text, added);
    else if (/^this\.#?[\w$]+$/.test(target.text))
      this.addField(target.text.slice(5), added, scope);
  }

  private addField(name: string, value: Expr, scope: number): void {
    const owner = this.builder.classAround(scope, 'this');
    if (owner) this.builder.addMember(owner, name, value);
  }

  private member(owner: ClassFacts & { id: number }, node: SyntaxNode, scope: number): void {
    if (node.type === 'method_definition') {
      const value = this.functionOf(node, scope);
      this.builder.addMember(owner, unquote(field(node, 'name')), value);
      if (field(node, 'name')?.text === 'get') return;
      this.decorators(node, value, scope);
    } else if (node.type === 'public_field_definition' || node.type === 'field_definition') {
      const value = field(node, 'value');
      const name = unquote(field(node, 'name') ?? field(node, 'property'));
      this.builder.addMember(owner, name, this.declared(node, value, scope));
      if (value) this.walk(value, scope);
    } else if (node.type !== 'decorator') {
      this.walk(node, scope);
    }
  }

  /** Decorators stand beside the method, as siblings before it, or inside it. */
  private decorators(method: SyntaxNode, value: Expr, scope: number): void {
    const inside = namedChildren(method).filter((child) => child.type === 'decorator');
    const siblings = method.parent ? namedChildren(method.parent) : [];
    let at = siblings.findIndex((sibling) => sibling.id === method.id) - 1;
    for (; at >= 0 && siblings[at]?.type === 'decorator'; at--) {
      inside.push(siblings[at] as SyntaxNode);
    }
    for (const decorator of inside) matchDecorator(this, decorator, method, value, scope);
  }

  private importStatement(node: SyntaxNode, scope: number): void {
    const from = unquote(field(node, 'source'));
    this.builder.facts.imports.push(from);
    const clause = childOfType(node, 'import_clause');
    for (const part of clause ? namedChildren(clause) : []) {
      if (part.type === 'identifier') {
        this.builder.bind(scope, part.text, { e: 'import', from, name: 'default' });
      } else if (part.type === 'namespace_import') {
        const local = namedChildren(part)[0]?.text ?? '';
        this.builder.bind(scope, local, { e: 'import', from, name: '*' });
      } else if (part.type === 'named_imports') {
        for (const specifier of namedChildren(part)) {
          const name = field(specifier, 'name')?.text ?? '';
          this.builder.bind(scope, field(specifier, 'alias')?.text ?? name, {
            e: 'import',
            from,
            name,
          });
        }
      }
    }
  }

  private exportStatement(node: SyntaxNode, scope: number): void {
    const source = field(node, 'source');
    const from = unquote(source);
    if (source) this.builder.facts.imports.push(from);
    const clause = childOfType(node, 'export_clause');
    const space = childOfType(node, 'namespace_export');
    if (clause) {
      for (const specifier of namedChildren(clause)) {
        const name = field(specifier, 'name')?.text ?? '';
        const value: Expr = source ? { e: 'import', from, name } : { e: 'name', name, scope };
        this.builder.export(field(specifier, 'alias')?.text ?? name, value);
      }
      return;
    }
    if (space) {
      this.builder.export(namedChildren(space)[0]?.text ?? '', { e: 'import', from, name: '*' });
      return;
    }
    if (source) {
      this.builder.facts.stars.push(from);
      return;
    }
    const declaration = field(node, 'declaration');
    const value = field(node, 'value');
    if (value) {
      this.builder.export('default', this.expression(value, scope));
      this.walk(value, scope);
    } else if (declaration) {
      this.walk(declaration, scope);
      this.exportDeclared(node, declaration, scope);
    }
  }

  private exportDeclared(node: SyntaxNode, declaration: SyntaxNode, scope: number): void {
    const isDefault = node.children.some((child) => child?.type === 'default');
    const own = field(declaration, 'name');
    const names = own ? [own] : namedChildren(declaration).map((part) => field(part, 'name'));
    for (const name of names) {
      for (const known of boundNames(name)) {
        this.builder.export(isDefault ? 'default' : known, { e: 'name', name: known, scope });
      }
    }
  }

  private enumeration(node: SyntaxNode, scope: number): void {
    const body = field(node, 'body');
    const entries = (body ? namedChildren(body) : []).map((part) => ({
      key: text(unquote(field(part, 'name') ?? part)),
      value: this.expression(field(part, 'value'), scope),
    }));
    this.builder.bind(scope, field(node, 'name')?.text ?? '', { e: 'object', entries });
  }

  private assignment(node: SyntaxNode, scope: number): void {
    const left = field(node, 'left');
    const right = field(node, 'right');
    if (!left || !right) return;
    const target = left.text;
    if (target === 'module.exports') {
      const value = this.expression(right, scope);
      this.builder.export('default', value);
      if (value.e === 'object') {
        for (const { key, value: part } of value.entries) {
          if (key?.e === 'text') this.builder.export(key.value, part);
        }
      }
    } else if (/^(module\.)?exports\.\w+$/.test(target)) {
      this.builder.export(target.split('.').at(-1) ?? '', this.expression(right, scope));
    } else if (left.type === 'identifier') {
      this.builder.bind(scope, target, this.expression(right, scope));
    } else if (/^this\.#?[\w$]+$/.test(target)) {
      this.addField(target.slice(5), this.expression(right, scope), scope);
    }
  }

  private loop(node: SyntaxNode, scope: number): void {
    const inner = this.builder.addScope(scope, this.scopeFunction(scope));
    const of = this.expression(field(node, 'right'), scope);
    this.bindPattern(field(node, 'left'), { e: 'each', of, id: inner }, inner);
    for (const part of [field(node, 'right'), field(node, 'body')])
      if (part) this.walk(part, inner);
  }
}

function boundNames(pattern: SyntaxNode | null): string[] {
  if (!pattern) return [];
  if (/identifier/.test(pattern.type)) return [pattern.text];
  return namedChildren(pattern).flatMap((part) => boundNames(field(part, 'value') ?? part));
}

export function readTypeScript(root: SyntaxNode): FileFacts {
  return new TypeScriptReader(root).builder.facts;
}
