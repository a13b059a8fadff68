/**
 * Kotlin without a grammar: comments and strings are told apart from code, then the calls and
 * annotations that matter are read where they stand. Names must be written in place or be a
 * constant of the same file.
 */
import type { HandlerKind } from '../../protocol.js';
import { type Expr, type FileFacts, type Spot, text } from '../facts.js';
import { FactsBuilder } from '../factsBuilder.js';
import { kindOfAnnotation } from './java.js';

const adders: Record<string, HandlerKind> = {
  addTool: 'tool',
  addPrompt: 'prompt',
  addResource: 'resource',
};

export function readKotlin(source: string): FileFacts {
  const lines = source.split('\n').length;
  const builder = new FactsBuilder('kotlin', lines);
  const code = blank(source);
  for (const found of code.matchAll(/^\s*import\s+([\w.*]+)/gm))
    builder.facts.imports.push(found[1] ?? '');
  for (const found of code.matchAll(/\b(?:const\s+)?val\s+(\w+)(?:\s*:\s*String)?\s*=\s*"/g)) {
    const value = stringAt(source, found.index + found[0].length - 1);
    if (value !== null) builder.bind(0, found[1] ?? '', text(value));
  }
  readCalls(builder, source, code);
  readAnnotations(builder, source, code);
  return builder.facts;
}

/** `addTool(name = "n", …) { … }` and `addTool("n", …) { … }`: the block is the handler. */
function readCalls(builder: FactsBuilder, source: string, code: string): void {
  for (const found of code.matchAll(/\b(addTool|addPrompt|addResource)\s*\(/g)) {
    const open = found.index + found[0].length - 1;
    const close = closing(code, open);
    if (close < 0 || /\bfun\s+[\w.<>]*$/.test(code.slice(0, found.index))) continue;
    const kind = adders[found[1] ?? ''] as HandlerKind;
    const inside = code.slice(open + 1, close);
    const uri = argument(builder, source, code, open, inside, 'uri', 0);
    const name = argument(builder, source, code, open, inside, 'name', kind === 'resource' ? 1 : 0);
    const after = /^\s*\{/.exec(code.slice(close + 1));
    const at = after ? close + after[0].length : open + 1 + Math.max(inside.search(/\{|::/), 0);
    const hasHandler = after !== null || /\{|::/.test(inside);
    if (!name || !hasHandler) continue;
    add(
      builder,
      { kind, how: found[1] ?? '', name, uri: kind === 'resource' ? uri : null },
      spotAt(source, at),
      !/mcp|modelcontextprotocol/i.test(builder.facts.imports.join(' ')),
    );
  }
}

/** `@McpTool(name = "n") fun …` */
function readAnnotations(builder: FactsBuilder, source: string, code: string): void {
  for (const found of code.matchAll(/@(\w+)\b\s*(\()?/g)) {
    const kind = kindOfAnnotation(found[1] ?? '', builder.facts.imports);
    if (!kind) continue;
    const open = found[2] ? found.index + found[0].length - 1 : -1;
    const close = open < 0 ? found.index + found[0].length - 1 : closing(code, open);
    const method =
      /^(?:\s|@\w+(?:\([^)]*\))?|\b(?:public|private|internal|open|override|suspend|final)\b)*\bfun\s+(?:<[^>]*>\s*)?(`[^`]+`|\w+)/.exec(
        code.slice(close + 1),
      );
    if (!method || close < 0) continue;
    const inside = open < 0 ? '' : code.slice(open + 1, close);
    const given = open < 0 ? null : argument(builder, source, code, open, inside, 'name', -1);
    const at = close + 1 + method[0].length - (method[1] ?? '').length;
    add(
      builder,
      { kind, how: `@${found[1]}`, name: given ?? text(method[1] ?? ''), uri: null },
      spotAt(source, at),
      false,
    );
  }
}

function add(
  builder: FactsBuilder,
  found: { kind: HandlerKind; how: string; name: Expr; uri: Expr | null },
  spot: Spot,
  isForeign: boolean,
): void {
  if (isForeign) return;
  const id = builder.addFunction({
    name: '',
    spot,
    endLine: spot.line,
    scope: 0,
    parent: 0,
    params: [],
  });
  builder.register(0, {
    kind: found.kind,
    how: found.how,
    name: found.name,
    handler: { e: 'fn', id },
    ...(found.uri ? { uri: found.uri } : {}),
    certain: true,
    spot,
  });
}

/** A named argument, or the one at a position when it is not named; a text or a constant. */
function argument(
  builder: FactsBuilder,
  source: string,
  code: string,
  open: number,
  inside: string,
  name: string,
  position: number,
): Expr | null {
  const named = new RegExp(`\\b${name}\\s*=\\s*`).exec(inside);
  let at = named ? open + 1 + named.index + named[0].length : -1;
  if (!named && position >= 0 && !/^\s*\w+\s*=/.test(inside)) {
    at = open + 1;
    for (let comma = 0; comma < position; comma++) {
      const next = code.indexOf(',', at);
      if (next < 0 || next > open + inside.length) return null;
      at = next + 1;
    }
  }
  if (at < 0) return null;
  at += /^\s*/.exec(code.slice(at))?.[0].length ?? 0;
  if (code[at] === '"') {
    const value = stringAt(source, at);
    return value === null ? null : text(value);
  }
  const constant = /^\w+/.exec(code.slice(at))?.[0];
  return constant && Object.hasOwn(builder.facts.scopes[0]?.bindings ?? {}, constant)
    ? { e: 'name', name: constant, scope: 0 }
    : null;
}

/** The same text with comments and what stands in strings turned to spaces; the quotes stay. */
function blank(source: string): string {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g;
  return source.replace(pattern, (found) => {
    const spaces = found.replace(/[^\n]/g, ' ');
    return found.startsWith('"') && found.length > 1 ? `"${spaces.slice(1, -1)}"` : spaces;
  });
}

function stringAt(source: string, at: number): string | null {
  const found = /^"((?:\\.|[^"\\\n$])*)"/.exec(source.slice(at, at + 2000));
  return found ? (found[1] ?? '').replace(/\\(.)/g, '$1') : null;
}

function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth++;
    else if (code[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function spotAt(source: string, at: number): Spot {
  const before = source.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
