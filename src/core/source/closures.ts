import type { Expr } from './facts.js';

/** What loop variables and parameters stand for while one possibility is looked at. */
export type Environment = ReadonlyMap<string, Closure>;
export const nowhere: Environment = new Map();

export interface Closure {
  readonly file: string;
  readonly expr: Expr;
  readonly env: Environment;
}

/** A value, and the choices under which the asking expression has it. */
export interface Value extends Closure {
  readonly context: Environment;
}

/**
 * One argument has its value: what was chosen for it (a loop around the call) holds for the other
 * arguments of the same call too.
 */
export function settle(
  context: Environment,
  prefix: string,
  key: string,
  value: Value,
): Environment {
  const settled = new Map(context);
  for (const [other, closure] of context) {
    if (other.startsWith(prefix) && closure.env === nowhere) {
      settled.set(other, { ...closure, env: value.context });
    }
  }
  return settled.set(key, value);
}

/** What was chosen while a function's body was looked at, its own arguments apart. */
export function chosenOutside(context: Environment, own: Environment): Environment {
  if (context === own) return nowhere;
  const chosen = [...context].filter(([key]) => !own.has(key));
  return chosen.length === 0 ? nowhere : new Map(chosen);
}

export function merge(first: Environment, second: Environment): Environment {
  if (first === second || second.size === 0) return first;
  if (first.size === 0) return second;
  return new Map([...first, ...second]);
}
