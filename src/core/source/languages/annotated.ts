/**
 * Reads C# and Java into facts. Both mark methods (`[McpServerTool]`, `@McpTool`), so one reader
 * serves both; what differs stands in a `Dialect`.
 */
import type { HandlerKind } from '../../protocol.js';
import {
  type Argument,
  type ClassFacts,
  type Expr,
  type FileFacts,
  text,
  unknown,
} from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { samePackage } from '../modules.js';
import { childOfType, field, namedChildren, type SyntaxNode } from '../syntax.js';

/** One attribute or annotation: its name and what it was given, positional values under ''. */
export interface Mark {
  readonly name: string;
  readonly args: readonly Argument[];
}

export interface Dialect {
  readonly language: string;
  readonly classes: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
  readonly lambdas: ReadonlySet<string>;
  /** Marks of a method, in order. */
  marksOf(reader: AnnotatedReader, method: SyntaxNode, scope: number): Mark[];
  /** The kind of handler that a mark makes of a method; undefined when it is another mark. */
  kindOf(mark: string, imports: readonly string[]): HandlerKind | undefined;
  /** The name of a handler that is given none; the type is what its method returns. */
  defaultName(method: string, returned: string): string;
  /** A choice by what may be the name of a tool. */
  readChoice?(reader: AnnotatedReader, node: SyntaxNode, scope: number): void;
  matchCall(reader: AnnotatedReader, call: Extract<Expr, { e: 'call' }>, scope: number): void;
}

const maxDepth = 40;

export class AnnotatedReader {
  readonly builder: FactsBuilder;
  private readonly types = new Set<string>();

  constructor(
    root: SyntaxNode,
    private readonly dialect: Dialect,
  ) {
    this.builder = new FactsBuilder(dialect.language, root.endPosition.row + 1);
    this.builder.facts.stars.push(samePackage);
    for (const child of namedChildren(root)) this.noteImport(child);
    this.walkChildren(root, 0, null);
    const { facts } = this.builder;
    // A type of another file: `Names.ECHO` is looked for in a file called `Names`.
    for (const type of this.types) {
      if (!Object.hasOwn(facts.scopes[0]?.bindings ?? {}, type)) {
        this.builder.bind(0, type, { e: 'import', from: `type:${type}`, name: type });
      }
    }
    for (const owner of facts.classes)
      this.builder.export(owner.name, { e: 'name', name: owner.name, scope: 0 });
  }

  walk(node: SyntaxNode, scope: number, owner: (ClassFacts & { id: number }) | null): void {
    const { dialect, builder } = this;
    if (dialect.classes.has(node.type)) {
      this.classOf(node, scope);
      return;
    }
    if (dialect.methods.has(node.type)) {
      this.method(node, scope, owner);
      return;
    }
    if (dialect.lambdas.has(node.type)) {
      this.functionOf(node, scope);
      return;
    }
    switch (node.type) {
      case 'line_comment':
      case 'block_comment':
      case 'string_literal':
      case 'import_declaration':
      case 'using_directive':
        return;
      case 'variable_declarator': {
        const name = field(node, 'name')?.text ?? '';
        const given = field(node, 'value') ?? namedChildren(node)[1];
        // A field that is filled in elsewhere says nothing.
        if (!given) break;
        const value = this.expression(given, scope);
        if (owner) builder.addMember(owner, name, value);
        builder.bind(scope, name, value);
        break;
      }
      case 'method_invocation':
      case 'invocation_expression':
      case 'object_creation_expression':
      case 'implicit_object_creation_expression': {
        const call = this.expression(node, scope);
        if (call.e === 'call') {
          builder.functionAt(scope).calls.push(call);
          dialect.matchCall(this, call, scope);
        }
        break;
      }
      case 'switch_statement':
      case 'switch_expression':
      case 'if_statement':
        dialect.readChoice?.(this, node, scope);
        break;
      case 'return_statement':
        builder.functionAt(scope).returns.push(this.expression(namedChildren(node)[0], scope));
        break;
    }
    this.walkChildren(node, scope, owner);
  }

  private walkChildren(
    node: SyntaxNode,
    scope: number,
    owner: (ClassFacts & { id: number }) | null,
  ): void {
    for (const child of node.namedChildren) if (child) this.walk(child, scope, owner);
  }

  expression(node: SyntaxNode | null | undefined, scope: number, depth = 0): Expr {
    if (!node || depth > maxDepth) return unknown;
    const read = (part: SyntaxNode | null | undefined): Expr =>
      this.expression(part, scope, depth + 1);
    if (this.dialect.lambdas.has(node.type)) return this.functionOf(node, scope);
    switch (node.type) {
      case 'string_literal':
        return text(node.text.slice(1, -1));
      case 'verbatim_string_literal':
        return text(node.text.slice(2, -1));
      case 'raw_string_literal':
        return text(node.text.replace(/^"+|"+$/g, ''));
      case 'identifier':
      case 'type_identifier':
        if (/^[A-Z]/.test(node.text)) this.types.add(node.text);
        return { e: 'name', name: node.text, scope };
      case 'this':
        return { e: 'name', name: 'this', scope };
      case 'field_access':
        return {
          e: 'member',
          of: read(field(node, 'object')),
          key: field(node, 'field')?.text ?? '',
        };
      case 'scoped_type_identifier':
      case 'scoped_identifier':
        return {
          e: 'member',
          of: read(namedChildren(node)[0]),
          key: namedChildren(node).at(-1)?.text ?? '',
        };
      case 'member_access_expression':
        return {
          e: 'member',
          of: read(field(node, 'expression')),
          key: field(node, 'name')?.text ?? '',
        };
      case 'method_reference': {
        const [of, key] = namedChildren(node);
        return { e: 'member', of: read(of), key: key?.text ?? '' };
      }
      case 'binary_expression':
        return { e: 'concat', parts: [read(field(node, 'left')), read(field(node, 'right'))] };
      case 'parenthesized_expression':
      case 'cast_expression':
      case 'argument':
        return read(namedChildren(node).at(-1));
      case 'element_value_array_initializer':
        return read(namedChildren(node)[0]);
      case 'method_invocation': {
        const object = field(node, 'object');
        const key = field(node, 'name')?.text ?? '';
        const callee: Expr = object
          ? { e: 'member', of: read(object), key }
          : { e: 'name', name: key, scope };
        return {
          e: 'call',
          callee,
          args: this.argumentsOf(field(node, 'arguments'), scope),
          spot: spotOf(node),
        };
      }
      case 'invocation_expression':
      case 'object_creation_expression':
      case 'implicit_object_creation_expression': {
        const callee = read(field(node, 'function') ?? field(node, 'type'));
        const list = field(node, 'arguments') ?? childOfType(node, 'argument_list');
        const [named] =
          list && callee.e === 'name' && callee.name === 'nameof' ? namedChildren(list) : [];
        if (named) return text(named.text.split('.').at(-1) ?? '');
        const args = this.argumentsOf(list, scope);
        const initializer =
          field(node, 'initializer') ?? childOfType(node, 'initializer_expression');
        return {
          e: 'call',
          callee,
          args: [...args, ...this.initializerOf(initializer, scope)],
          spot: spotOf(node),
        };
      }
      default:
        return unknown;
    }
  }

  argumentsOf(list: SyntaxNode | null, scope: number): Argument[] {
    return (list ? namedChildren(list) : []).map((part) => {
      const name = field(part, 'name') ?? childOfType(part, 'name_colon');
      return {
        name: part.type === 'argument' ? (name?.text.replace(/\s*:$/, '') ?? '') : '',
        value: this.expression(part, scope),
      };
    });
  }

  /** `new Options { Name = "n" }` gives named values. */
  private initializerOf(node: SyntaxNode | null, scope: number): Argument[] {
    return (node ? namedChildren(node) : []).flatMap((part) => {
      if (part.type !== 'assignment_expression') return [];
      return [
        {
          name: field(part, 'left')?.text ?? '',
          value: this.expression(field(part, 'right'), scope),
        },
      ];
    });
  }

  functionOf(node: SyntaxNode, scope: number): Expr {
    // Attributes stand inside the declaration: the line that matters is that of the name.
    const spot = spotOf(field(node, 'name') ?? node);
    const fill = (inner: number, id: number): void => {
      this.parameters(field(node, 'parameters'), inner, id);
      const body = field(node, 'body');
      if (body) this.walk(body, inner, null);
    };
    return this.builder.readFunction(node, scope, fill, { spot });
  }

  private parameters(list: SyntaxNode | null, scope: number, fn: number): void {
    for (const [position, part] of (list ? namedChildren(list) : []).entries()) {
      const name = field(part, 'name')?.text ?? '';
      const type = field(part, 'type')?.text ?? '';
      this.builder.facts.functions[fn]?.params.push(name);
      this.builder.bind(scope, name, { e: 'param', fn, position, name, type });
    }
  }

  private classOf(node: SyntaxNode, scope: number): void {
    const inner = this.builder.addScope(scope, this.builder.facts.scopes[scope]?.fn ?? 0);
    const made = this.builder.addClass(field(node, 'name')?.text ?? '', spotOf(node), inner, []);
    const self: Expr = { e: 'class', id: made.id };
    this.builder.bind(inner, 'this', self);
    this.builder.bind(0, made.name, self);
    this.walkChildren(node, inner, made);
  }

  private method(
    node: SyntaxNode,
    scope: number,
    owner: (ClassFacts & { id: number }) | null,
  ): void {
    const name = field(node, 'name')?.text ?? '';
    const handler = this.functionOf(node, scope);
    if (owner) this.builder.addMember(owner, name, handler);
    this.builder.bind(scope, name, handler);
    for (const mark of this.dialect.marksOf(this, node, scope)) {
      const kind = this.dialect.kindOf(mark.name, this.builder.facts.imports);
      if (!kind) continue;
      const given = (key: RegExp): Expr | undefined =>
        mark.args.find((argument) => key.test(argument.name))?.value;
      const uri = given(/^(uri|uriTemplate)$/i);
      this.builder.register(scope, {
        kind,
        how: mark.name,
        name:
          given(/^(name|value)$/i) ??
          text(this.dialect.defaultName(name, field(node, 'returns')?.text ?? '')),
        handler,
        ...(kind === 'resource' && uri ? { uri } : {}),
        certain: true,
        spot: spotOf(field(node, 'name') ?? node),
      });
    }
  }

  private noteImport(node: SyntaxNode): void {
    if (node.type !== 'import_declaration' && node.type !== 'using_directive') return;
    const name = node.text.replace(/^(global\s+)?(import|using)\s+(static\s+)?|[;\s]+$/g, '');
    this.builder.facts.imports.push(name);
    // `import static com.x.Names.ECHO;`
    const found = /^import\s+static\s+.*?(\w+)\.(\w+)\s*;/.exec(node.text);
    if (found)
      this.builder.bind(0, found[2] ?? '', {
        e: 'member',
        of: { e: 'name', name: found[1] ?? '', scope: 0 },
        key: found[2] ?? '',
      });
    if (found) this.types.add(found[1] ?? '');
  }
}

export function readAnnotated(root: SyntaxNode, dialect: Dialect): FileFacts {
  return new AnnotatedReader(root, dialect).builder.facts;
}
