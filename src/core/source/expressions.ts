import type { Expr } from './facts.js';

/** The last part of a dotted name, or ''. */
export function lastName(expr: Expr): string {
  if (expr.e === 'member') return expr.key;
  return expr.e === 'name' ? expr.name : '';
}

/** The argument of `.key(…)` somewhere in a chain of calls. */
export function givenInChain(expr: Expr, key: string, position = 0): Expr | undefined {
  for (let at: Expr = expr; at.e === 'call'; ) {
    if (at.callee.e !== 'member') return undefined;
    if (at.callee.key === key) return at.args[position]?.value;
    at = at.callee.of;
  }
  return undefined;
}
