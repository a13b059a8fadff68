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
};
const maxDepth = 40;

class RustReader {
  readonly builder: FactsBuilder;

  constructor(root: SyntaxNode) {
    this.builder = new FactsBuilder('rust', root.endPosition.row + 1);
    this.builder.facts.stars.push(samePackage);
    this.walkChildren(root, 0);
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
      if (child.type === 'function_item') this.functionItem(child, attributes, scope);
      else this.walk(child, scope);
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
    if (Object.hasOwn(lowLevel, name) && isInHandler(node)) {
      const kind = lowLevel[name] as HandlerKind;
      this.builder.registerLowLevel({ kind, how: name, handler, spot: spotOf(node) });
    }
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
    return value ? this.expression(value, scope) : null;
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
        const path = field(node, 'path')?.text ?? '';
        const name = field(node, 'name')?.text ?? '';
        if (/^(Self|self|[A-Z]\w*)$/.test(path.split('::').at(-1) ?? ''))
          return { e: 'name', name, scope };
        return { e: 'import', from: path, name };
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

  private readMatch(node: SyntaxNode, scope: number): void {
    const subject = (field(node, 'value')?.text ?? '')
      .replace(/\.(as_ref|as_str|deref|to_string)\(\)/g, '')
      .replace(/^[&*]+/, '');
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

/** Whether a function stands in `impl ServerHandler for …`. */
function isInHandler(node: SyntaxNode): boolean {
  const owner = node.parent?.parent;
  return owner?.type === 'impl_item' && /ServerHandler/.test(field(owner, 'trait')?.text ?? '');
}

function literalsOf(pattern: SyntaxNode | null): SyntaxNode[] {
  if (!pattern) return [];
  if (/^(string_literal|identifier|scoped_identifier)$/.test(pattern.type)) return [pattern];
  return /^(match_pattern|or_pattern)$/.test(pattern.type)
    ? namedChildren(pattern).flatMap(literalsOf)
    : [];
}

/** `[path, name, local name]` of each name that a `use` brings in, one level of braces deep. */
function expandUse(written: string): [path: string, name: string, alias: string][] {
  const group = /^(.*)::\{([^{}]*)\}$/s.exec(written.trim());
  const items = group
    ? (group[2] ?? '').split(',').map((part) => `${group[1]}::${part.trim()}`)
    : [written.trim()];
  return items.flatMap((whole): [string, string, string][] => {
    const [path = '', alias] = whole.split(/\s+as\s+/);
    const parts = path.split('::').map((part) => part.trim());
    const name = parts.pop() ?? '';
    return name === '' || name === '*' || name === 'self'
      ? []
      : [[parts.join('::'), name, alias ?? name]];
  });
}

export function readRust(root: SyntaxNode): FileFacts {
  return new RustReader(root).builder.facts;
}
