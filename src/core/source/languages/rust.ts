/** Reads Rust into facts: the attributes of `rmcp`, its routes, and `match` in `call_tool`. */
import type { HandlerKind } from '../../protocol.js';
import { type Argument, type Expr, type FileFacts, text, unknown } from '../facts.js';
import { FactsBuilder, spotOf } from '../factsBuilder.js';
import { samePackage } from '../modules.js';
import { field, namedChildren, type SyntaxNode } from '../syntax.js';
import { dispatchSubject } from './typescriptDispatch.js';

const kinds: Record<string, HandlerKind> = { tool: 'tool', prompt: 'prompt', resource: 'resource' };
/** Methods of `ServerHandler` that answer every name of a kind. */
const lowLevel: Record<string, HandlerKind> = {
  call_tool: 'tool',
  get_prompt: 'prompt',
  read_resource: 'resource',
  handle_call_tool_request: 'tool',
  handle_get_prompt_request: 'prompt',
  handle_read_resource_request: 'resource',
};
/** Methods that run a tool whose arguments are a struct of its own, likeliest first. */
const runners = ['run_tool', 'call_tool', 'run', 'call', 'execute', 'handle'];
const maxDepth = 40;

class RustReader {
  readonly builder: FactsBuilder;
  /** Modules written in this file: their constants are told apart by their names alone. */
  private readonly modules: ReadonlySet<string>;
  /** Methods that return a tool's result, by the type that they are of. */
  private readonly answers = new Map<string, Map<string, Expr>>();

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('rust', root.endPosition.row + 1);
    this.builder.facts.stars.push(samePackage);
    this.modules = new Set(
      namedChildren(root)
        .filter((part) => part.type === 'mod_item' && field(part, 'body'))
        .map((part) => field(part, 'name')?.text ?? ''),
    );
    this.walkChildren(root, 0);
    for (const [type, methods] of this.answers) {
      const runner = runners.find((name) => methods.has(name));
      const only = methods.size === 1 ? [...methods.values()][0] : undefined;
      const found = runner ? methods.get(runner) : only;
      if (found) this.builder.bind(0, `${type}.#run`, found);
    }
    this.builder.exportAll();
  }

  private walkChildren(node: SyntaxNode, scope: number): void {
    let attributes: SyntaxNode[] = [];
    for (const child of node.namedChildren) {
      if (!child) continue;
      if (child.type === 'attribute_item') {
        attributes.push(child);
        continue;
      }
      if (child.type === 'line_comment' || child.type === 'block_comment') continue;
      // Tests are no part of the program: what they register is no handler of the server.
      if (!attributes.some((item) => /^#\[cfg\((?:all\()?test\b/.test(item.text))) {
        if (child.type === 'function_item') this.functionItem(child, attributes, scope);
        else if (child.type === 'struct_item') this.structItem(child, attributes, scope);
        else this.walk(child, scope);
      }
      attributes = [];
    }
  }

  private walk(node: SyntaxNode, scope: number): void {
    switch (node.type) {
      case 'string_literal':
      case 'struct_item':
      case 'enum_item':
      case 'macro_definition':
        return;
      case 'use_declaration':
        this.useDeclaration(node);
        return;
      case 'const_item':
      case 'static_item':
        // Constants of an `impl` are written `Self::NAME`, and told apart by their name alone.
        this.builder.bind(
          0,
          field(node, 'name')?.text ?? '',
          this.expression(field(node, 'value'), scope),
        );
        return;
      case 'let_declaration': {
        const pattern = field(node, 'pattern');
        if (pattern?.type === 'identifier') {
          this.builder.bind(scope, pattern.text, this.expression(field(node, 'value'), scope));
        }
        break;
      }
      case 'closure_expression':
        this.functionOf(node, scope);
        return;
      case 'match_expression':
        this.readMatch(node, scope);
        break;
      case 'if_expression':
        this.readComparison(node, scope);
        break;
      case 'call_expression':
        this.readCall(node, scope);
        break;
    }
    this.walkChildren(node, scope);
  }

  private functionItem(node: SyntaxNode, attributes: readonly SyntaxNode[], scope: number): void {
    const name = field(node, 'name')?.text ?? '';
    const handler = this.functionOf(node, scope);
    this.builder.bind(0, name, handler);
    for (const item of attributes) {
      const path = namedChildren(item)[0];
      const written = path ? (namedChildren(path)[0]?.text ?? '') : '';
      const kind = kinds[written.split('::').at(-1) ?? ''];
      if (!kind || !Object.hasOwn(kinds, written.split('::').at(-1) ?? '')) continue;
      const given = path ? this.attributeValue(path, 'name', scope) : null;
      this.builder.register(scope, {
        kind,
        how: `#[${written}]`,
        name: given ?? text(name),
        handler,
        receiver: {
          e: 'import',
          from: this.usesMcp() || written.startsWith('rmcp') ? 'rmcp' : '',
          name: written,
        },
        certain: false,
        spot: spotOf(node),
      });
    }
    const owner = implOf(node);
    if (owner && /CallToolResult/.test(field(node, 'return_type')?.text ?? '')) {
      const type = field(owner, 'type')?.text ?? '';
      const methods = this.answers.get(type) ?? new Map<string, Expr>();
      this.answers.set(type, methods.set(name, handler));
    }
    if (owner && Object.hasOwn(lowLevel, name) && this.answersAll(owner)) {
      const kind = lowLevel[name] as HandlerKind;
      this.builder.registerLowLevel({ kind, how: name, handler, spot: spotOf(node) });
    }
  }

  /** `#[mcp_tool(name = "n")] struct Arguments`: the tool is run by a method of the struct. */
  private structItem(node: SyntaxNode, attributes: readonly SyntaxNode[], scope: number): void {
    const type = field(node, 'name')?.text ?? '';
    for (const item of attributes) {
      const path = namedChildren(item)[0];
      const written = path ? (namedChildren(path)[0]?.text ?? '') : '';
      if (!path || !/(^|::)mcp_tool$/.test(written)) continue;
      const name = this.attributeValue(path, 'name', scope);
      if (!name) continue;
      this.builder.register(scope, {
        kind: 'tool',
        how: `#[${written}]`,
        name,
        handler: { e: 'name', name: `${type}.#run`, scope: 0 },
        certain: true,
        spot: spotOf(node),
      });
    }
  }

  /** Whether an `impl` is of a trait of an MCP SDK whose methods answer every name. */
  private answersAll(owner: SyntaxNode): boolean {
    const trait = field(owner, 'trait')?.text ?? '';
    return /ServerHandler/.test(trait) || (/(^|::)Router$/.test(trait) && this.usesMcp());
  }

  private usesMcp(): boolean {
    return this.builder.facts.imports.some((name) => /mcp/i.test(name));
  }

  /** `name = "n"` among the tokens of an attribute. */
  private attributeValue(attribute: SyntaxNode, key: string, scope: number): Expr | null {
    const tree = namedChildren(attribute).find((part) => part.type === 'token_tree');
    const tokens = tree?.children.filter((token) => token !== null) ?? [];
    const at = tokens.findIndex(
      (token, position) => token.text === key && tokens[position + 1]?.text === '=',
    );
    const value = at < 0 ? undefined : tokens[at + 2];
    if (!value) return null;
    const end = tokens.findIndex((token, position) => position > at && /^[,)]$/.test(token.text));
    const written = tokens.slice(at + 2, end).map((token) => token.text);
    // `name = names::ECHO` is three tokens, not a path.
    return written.includes('::')
      ? this.path(written.slice(0, -2).join(''), written.at(-1) ?? '', scope)
      : this.expression(value, scope);
  }

  private path(path: string, name: string, scope: number): Expr {
    const last = path.split('::').at(-1) ?? '';
    if (/^(Self|self|[A-Z]\w*)$/.test(last) || this.modules.has(last))
      return { e: 'name', name, scope };
    return { e: 'import', from: path, name };
  }

  private functionOf(node: SyntaxNode, scope: number): Expr {
    return this.builder.readFunction(node, scope, (inner) => {
      const body = field(node, 'body');
      if (body) this.walk(body, inner);
    });
  }

  private expression(node: SyntaxNode | null | undefined, scope: number, depth = 0): Expr {
    if (!node || depth > maxDepth) return unknown;
    const read = (part: SyntaxNode | null | undefined): Expr =>
      this.expression(part, scope, depth + 1);
    switch (node.type) {
      case 'string_literal':
      case 'raw_string_literal':
        return text(node.text.replace(/^[br]*#*"|"#*$/g, ''));
      case 'identifier':
        return { e: 'name', name: node.text, scope };
      case 'scoped_identifier': {
        return this.path(field(node, 'path')?.text ?? '', field(node, 'name')?.text ?? '', scope);
      }
      case 'field_expression':
        return {
          e: 'member',
          of: read(field(node, 'value')),
          key: field(node, 'field')?.text ?? '',
        };
      case 'reference_expression':
      case 'parenthesized_expression':
      case 'try_expression':
      case 'await_expression':
        return read(field(node, 'value') ?? namedChildren(node)[0]);
      case 'closure_expression':
        return this.functionOf(node, scope);
      case 'tuple_expression':
      case 'array_expression':
        return { e: 'list', elements: namedChildren(node).map(read) };
      case 'call_expression': {
        const args = namedChildren(field(node, 'arguments') ?? node).map(
          (part): Argument => ({ name: '', value: read(part) }),
        );
        const callee = field(node, 'function');
        // `"n".into()`, `NAME.to_string()`: the text itself.
        const method =
          callee?.type === 'field_expression' ? field(callee, 'field')?.text : undefined;
        if (callee && method && /^(into|to_string|to_owned|clone|as_str)$/.test(method))
          return read(field(callee, 'value'));
        return { e: 'call', callee: read(callee), args, spot: spotOf(node) };
      }
      default:
        return unknown;
    }
  }

  /** `ToolRoute::new_dyn(Tool::new("n", …), handler)` and `ToolRoute::new(…)`. */
  private readCall(node: SyntaxNode, scope: number): void {
    const call = this.expression(node, scope);
    if (call.e !== 'call') return;
    this.builder.functionAt(scope).calls.push(call);
    const written = field(node, 'function')?.text ?? '';
    const found = /(Tool|Prompt)Route::(?:<.*>::)?new(?:_dyn)?$/.exec(written);
    const [definition, handler] = call.args;
    if (!found || !definition || !handler) return;
    this.builder.register(scope, {
      kind: found[1] === 'Tool' ? 'tool' : 'prompt',
      how: written,
      name: { e: 'argument', of: definition.value, position: 0 },
      handler: handler.value,
      certain: true,
      spot: call.spot,
    });
  }

  /** `if request.name == "n" { … }` */
  private readComparison(node: SyntaxNode, scope: number): void {
    const condition = field(node, 'condition');
    if (condition?.type !== 'binary_expression' || !/==/.test(condition.text)) return;
    const subject = subjectOf(field(condition, 'left'));
    if (!dispatchSubject.test(subject)) return;
    const value = this.expression(field(condition, 'right'), scope);
    this.builder.addDispatch(scope, { subject, cases: [{ value, spot: spotOf(node) }] });
  }

  private readMatch(node: SyntaxNode, scope: number): void {
    const subject = subjectOf(field(node, 'value'));
    if (!dispatchSubject.test(subject)) return;
    const cases = namedChildren(field(node, 'body') ?? node).flatMap((arm) => {
      const pattern = arm.type === 'match_arm' ? field(arm, 'pattern') : null;
      return literalsOf(pattern).map((value) => ({
        value: this.expression(value, scope),
        spot: spotOf(arm),
      }));
    });
    this.builder.addDispatch(scope, { subject, cases });
  }

  /** `use crate::names::{ECHO, ADD as PLUS};` */
  private useDeclaration(node: SyntaxNode): void {
    const written = field(node, 'argument')?.text ?? '';
    this.builder.facts.imports.push(written.split('::')[0] ?? '', written);
    for (const [path, name, alias] of expandUse(written)) {
      this.builder.bind(0, alias, { e: 'import', from: path, name });
    }
  }
}

/** The `impl` in which a function stands. */
function implOf(node: SyntaxNode): SyntaxNode | null {
  const owner = node.parent?.parent;
  return owner?.type === 'impl_item' ? owner : null;
}

function subjectOf(node: SyntaxNode | null): string {
  return (node?.text ?? '')
    .replace(/\.(as_ref|as_str|deref|to_string)\(\)/g, '')
    .replace(/^[&*]+/, '');
}

function literalsOf(pattern: SyntaxNode | null): SyntaxNode[] {
  if (!pattern) return [];
  if (/^(string_literal|identifier|scoped_identifier)$/.test(pattern.type)) return [pattern];
  return /^(match_pattern|or_pattern)$/.test(pattern.type)
    ? namedChildren(pattern).flatMap(literalsOf)
    : [];
}

/** `[path, name, local name]` of each name that a `use` brings in, braces in braces included. */
function expandUse(written: string, path = ''): [path: string, name: string, alias: string][] {
  const open = written.indexOf('{');
  if (open >= 0) {
    const inner = `${path}${written.slice(0, open).trim()}`;
    return splitGroup(written.slice(open + 1, written.lastIndexOf('}'))).flatMap((part) =>
      expandUse(part, inner),
    );
  }
  const [whole = '', alias] = `${path}${written.trim()}`.split(/\s+as\s+/);
  const parts = whole.split('::').map((part) => part.trim());
  const name = parts.pop() ?? '';
  return name === '' || name === '*' || name === 'self'
    ? []
    : [[parts.join('::'), name, alias ?? name]];
}

/** Parts between commas that stand in no inner braces. */
function splitGroup(group: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const sign of group) {
    if (sign === '{') depth++;
    if (sign === '}') depth--;
    if (sign === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts.filter((part) => part.trim() !== '');
}

export function readRust(root: SyntaxNode): FileFacts {
  return new RustReader(root).builder.facts;
}
