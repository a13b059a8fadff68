/**
 * Kotlin without a grammar: comments and strings are told apart from code, then the calls and
 * annotations that matter are read where they stand. Names must be written in place or be a
 * constant of the workspace.
 */
import type { HandlerKind } from '../../protocol.js';
import { type Expr, type FileFacts, type Spot, text, unknown } from '../facts.js';
import { FactsBuilder } from '../factsBuilder.js';
import { samePackage } from '../modules.js';
import { kindOfAnnotation } from './java.js';

/** Calls that take a name or a definition and a handler. */
const adders: Record<string, HandlerKind> = {
  addTool: 'tool',
  RegisteredTool: 'tool',
  addPrompt: 'prompt',
  RegisteredPrompt: 'prompt',
  addResource: 'resource',
  RegisteredResource: 'resource',
};

export function readKotlin(source: string): FileFacts {
  const lines = source.split('\n').length;
  const builder = new FactsBuilder('kotlin', lines);
  builder.facts.stars.push(samePackage);
  const code = blank(source);
  for (const found of code.matchAll(/^\s*import\s+([\w.*]+)/gm))
    builder.facts.imports.push(found[1] ?? '');
  readConstants(builder, source, code);
  readCalls(builder, source, code);
  readAnnotations(builder, source, code);
  builder.exportAll();
  return builder.facts;
}

/**
 * Constants are told apart by their names alone, so one that stands twice means nothing, nor does
 * a plain `val` whose name a parameter or another value has too.
 */
function readConstants(builder: FactsBuilder, source: string, code: string): void {
  const values = new Map<string, Set<string>>();
  const pattern = /\b(const\s+)?val\s+(\w+)(?:\s*:\s*String)?\s*=\s*"/g;
  for (const found of code.matchAll(pattern)) {
    const value = stringAt(source, found.index + found[0].length - 1);
    const name = found[2] ?? '';
    const isOne = found[1] !== undefined || isDeclaredOnce(code, name);
    if (value !== null && isOne) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  for (const [name, [value, ...others]] of values)
    if (value !== undefined && others.length === 0) builder.bind(0, name, text(value));
}

function isDeclaredOnce(code: string, name: string): boolean {
  return (
    [...code.matchAll(new RegExp(`\\b${name}\\s*:|\\b(?:val|var)\\s+${name}\\s*=`, 'g'))].length ===
    1
  );
}

/** `addTool(name = "n", …) { … }`, `addTool(Tool(…), ::handler)`, `RegisteredTool(tool) { … }`. */
function readCalls(builder: FactsBuilder, source: string, code: string): void {
  if (!/mcp|modelcontextprotocol/i.test(builder.facts.imports.join(' '))) return;
  const pattern = /\b((?:add|Registered)(?:Tool|Prompt|Resource))\s*\(/g;
  for (const found of code.matchAll(pattern)) {
    const open = found.index + found[0].length - 1;
    const close = closing(code, open);
    const isDeclared = /\b(?:fun|class)\s+[\w.<>]*$/.test(code.slice(0, found.index));
    if (close < 0 || isDeclared) continue;
    const how = found[1] ?? '';
    const kind = adders[how] as HandlerKind;
    const given = partsOf(code, open, close);
    const defined = definitionOf(code, kind, given);
    const parts = defined ?? given;
    const part = (name: string, position: number): Expr | null =>
      valueGiven(source, code, pick(parts, name, position));
    const isResource = kind === 'resource';
    const name = part('name', isResource ? 1 : 0);
    if (!name) continue;
    const place = handlerPlace(source, code, close, pick(given, 'handler', given.length - 1));
    if (place === null && !defined && given.length < 2) continue;
    const uri = isResource ? part('uri', 0) : null;
    add(builder, { kind, how, name, uri }, place ?? spotAt(source, found.index), place !== null);
  }
}

/** The arguments of `Tool(…)`, given in place or by the name of a value of this file. */
function definitionOf(code: string, kind: HandlerKind, given: readonly Part[]): Part[] | null {
  const part = pick(given, kind, 0);
  if (!part) return null;
  const type = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
  const made = new RegExp(`^(?:\\w+\\.)*${type}\\s*\\(`).exec(part.text);
  if (made) return partsAfter(code, part.at + made[0].length - 1);
  if (!/^\w+$/.test(part.text)) return null;
  const found = [
    ...code.matchAll(
      new RegExp(`\\bval\\s+${part.text}\\b[^=\\n]*=\\s*(?:\\w+\\.)*${type}\\s*\\(`, 'g'),
    ),
  ];
  const [only] = found;
  return only && found.length === 1 ? partsAfter(code, only.index + only[0].length - 1) : null;
}

/** A block behind the call or among its arguments, or the function of this file that is named. */
function handlerPlace(
  source: string,
  code: string,
  close: number,
  given: Part | undefined,
): Spot | null {
  const after = /^\s*\{/.exec(code.slice(close + 1));
  if (after) return spotAt(source, close + after[0].length);
  if (given?.text.startsWith('{')) return spotAt(source, given.at);
  const name = /::(\w+)$/.exec(given?.text ?? '')?.[1];
  if (!name) return null;
  const found = [
    ...code.matchAll(new RegExp(`\\bfun\\s+(?:<[^>]*>\\s*)?(?:[\\w.<>?]+\\.)?${name}\\s*\\(`, 'g')),
  ];
  const [only] = found;
  if (!only || found.length > 1) return null;
  return spotAt(source, only.index + only[0].lastIndexOf(name));
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
    const parts = open < 0 ? [] : partsOf(code, open, close);
    const given = valueGiven(source, code, pick(parts, 'name', -1));
    const at = close + 1 + method[0].length - (method[1] ?? '').length;
    add(
      builder,
      { kind, how: `@${found[1]}`, name: given ?? text(method[1] ?? ''), uri: null },
      spotAt(source, at),
      true,
    );
  }
}

function add(
  builder: FactsBuilder,
  found: { kind: HandlerKind; how: string; name: Expr; uri: Expr | null },
  spot: Spot,
  isFunction: boolean,
): void {
  const head = { name: '', spot, endLine: spot.line, scope: 0, parent: 0, params: [] };
  builder.register(0, {
    kind: found.kind,
    how: found.how,
    name: found.name,
    handler: isFunction ? { e: 'fn', id: builder.addFunction(head) } : unknown,
    ...(found.uri ? { uri: found.uri } : {}),
    certain: true,
    spot,
  });
}

/** One argument: its keyword or '', and its value as code without strings, with its offset. */
interface Part {
  readonly name: string;
  readonly text: string;
  readonly at: number;
}

function partsAfter(code: string, open: number): Part[] | null {
  const close = closing(code, open);
  return close < 0 ? null : partsOf(code, open, close);
}

/** What stands between the commas of a call, brackets within it left whole. */
function partsOf(code: string, open: number, close: number): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = from; at <= close; at++) {
    const sign = code[at] ?? '';
    if (depth === 0 && (sign === ',' || at === close)) {
      const written = code.slice(from, at);
      const keyword = /^\s*(\w+)\s*=(?!=)\s*/.exec(written);
      const before = keyword?.[0].length ?? /^\s*/.exec(written)?.[0].length ?? 0;
      const value = written.slice(before).trimEnd();
      if (value) parts.push({ name: keyword?.[1] ?? '', text: value, at: from + before });
      from = at + 1;
    } else if (/[([{]/.test(sign)) depth++;
    else if (/[)\]}]/.test(sign)) depth--;
  }
  return parts;
}

/** The argument of a keyword, or the one at a position that has no keyword. */
function pick(parts: readonly Part[], name: string, position: number): Part | undefined {
  const at = parts[position];
  return parts.find((part) => part.name === name) ?? (at?.name === '' ? at : undefined);
}

/** A text in place, or a constant: `NAME`, `Names.NAME`. */
function valueGiven(source: string, code: string, part: Part | undefined): Expr | null {
  if (!part) return null;
  if (code[part.at] === '"') {
    const value = stringAt(source, part.at);
    // Pieces that are put together are not followed.
    return value === null || !/^"[^"]*"$/.test(part.text) ? null : text(value);
  }
  const constant = /^(?:(\w+)\.)?([A-Za-z_]\w*)$/.exec(part.text);
  if (!constant) return null;
  const local: Expr = { e: 'name', name: constant[2] ?? '', scope: 0 };
  if (!constant[1] || new RegExp(`\\bobject\\s+${constant[1]}\\b`).test(code)) return local;
  return { e: 'import', from: `type:${constant[1]}`, name: constant[2] ?? '' };
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
