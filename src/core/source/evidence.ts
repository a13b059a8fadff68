import type { Closure } from './closures.js';
import type { Evaluator } from './evaluate.js';
import { type Expr, type FileFacts, typeKey } from './facts.js';
import { isReturned } from './program.js';

const mcpModule = /mcp|modelcontextprotocol/i;
const serverName = /mcp|server/i;

/**
 * Whether something on which `tool(…)` was called is an MCP server. Many libraries have a `tool`
 * function; a place is stated as a fact only where this one is MCP's.
 */
export function isMcp(evaluator: Evaluator, of: Closure, depth = 0): boolean {
  const facts = evaluator.sources.load(of.file);
  if (!facts || depth > 8) return false;
  return evaluator.values(of).some((value) => speaksMcp(evaluator, value, facts, depth));
}

function speaksMcp(
  evaluator: Evaluator,
  value: Closure,
  asking: FileFacts,
  depth: number,
): boolean {
  const { expr } = value;
  switch (expr.e) {
    case 'import':
      return mcpModule.test(expr.from) || /^(Fast)?Mcp/i.test(expr.name);
    case 'call':
      return (
        speaksMcp(evaluator, { ...value, expr: rootOf(expr.callee) }, asking, depth + 1) ||
        isMcp(evaluator, { ...value, expr: rootOf(expr.callee) }, depth + 1)
      );
    case 'member':
      return (
        isMcp(evaluator, { ...value, expr: expr.of }, depth + 1) ||
        speaksMcp(evaluator, { ...value, expr: rootOf(expr) }, asking, depth + 1)
      );
    case 'param':
      if (expr.type)
        return mcpModule.test(expr.type) || (/server/i.test(expr.type) && importsMcp(asking));
      return (
        mcpModule.test(expr.name) ||
        (serverName.test(expr.name) && importsMcp(asking)) ||
        /^(mcp|server)$/i.test(expr.name)
      );
    case 'class': {
      const owner = evaluator.sources.load(value.file);
      const bases = owner?.classes[expr.id]?.bases ?? [];
      return bases.length > 0
        ? bases.some((base) => isMcp(evaluator, { ...value, expr: base }, depth + 1))
        : !!owner && importsMcp(owner);
    }
    case 'object': {
      const type = expr.entries.find(
        (entry) => entry.key?.e === 'text' && entry.key.value === typeKey,
      );
      return !!type && isMcp(evaluator, { ...value, expr: type.value }, depth + 1);
    }
    case 'fn':
      return isOwnDecorator(evaluator, value) && importsMcp(asking);
    case 'name':
      return expr.name !== 'this' && mcpModule.test(expr.name);
    default:
      return false;
  }
}

/** A project's own `@tool("n")`, which notes functions down for later: it hands a function out. */
function isOwnDecorator(evaluator: Evaluator, { file, expr }: Closure): boolean {
  const facts = evaluator.sources.load(file);
  const fn = expr.e === 'fn' ? facts?.functions[expr.id] : undefined;
  return (
    facts?.language === 'python' &&
    /^(mcp_)?(tool|prompt|resource)$/.test(fn?.name ?? '') &&
    facts.functions.some((_inner, id) => id > 0 && isReturnedBy(facts, id, expr))
  );
}

function isReturnedBy(facts: FileFacts, inner: number, outer: Expr): boolean {
  return (
    outer.e === 'fn' && facts.functions[inner]?.parent === outer.id && isReturned(facts, inner)
  );
}

function rootOf(expr: Expr): Expr {
  if (expr.e === 'member') return rootOf(expr.of);
  return expr.e === 'call' ? rootOf(expr.callee) : expr;
}

export function importsMcp(facts: FileFacts): boolean {
  return facts.imports.some((module) => mcpModule.test(module));
}
