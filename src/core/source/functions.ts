import { type Closure, type Environment, nowhere, type Value } from './closures.js';
import type { Evaluator } from './evaluate.js';
import type { Expr, Spot } from './facts.js';
import { bindingsOf } from './program.js';

/** A function in a file; `fn` is its index there, -1 for a class or a registration. */
export interface FunctionPlace {
  readonly file: string;
  readonly spot: Spot;
  readonly fn: number;
}

/** Where an object of a tool keeps its handler. */
const handlerKeys = [
  'execute',
  'handler',
  'callback',
  'cb',
  'run',
  'call',
  'fn',
  'func',
  'handle',
  'invoke',
  'load',
  'read',
  'createTask',
  '__call__',
  'Handler',
];
const maxDepth = 8;

/**
 * The functions behind a handler expression. What was chosen in `context` (a loop over a table of
 * tools) leads through a generic wrapper to the tool's own function.
 */
export function findFunctions(
  evaluator: Evaluator,
  of: Closure,
  context: Environment = nowhere,
  depth = 0,
): FunctionPlace[] {
  if (depth > maxDepth) return [];
  return evaluator.values(of).flatMap((value) => fromValue(evaluator, value, context, depth));
}

function fromValue(
  evaluator: Evaluator,
  value: Value,
  context: Environment,
  depth: number,
): FunctionPlace[] {
  const { expr, file } = value;
  const next = (part: Expr): FunctionPlace[] =>
    findFunctions(evaluator, { ...value, expr: part }, context, depth + 1);
  switch (expr.e) {
    case 'fn': {
      const fn = evaluator.sources.load(file)?.functions[expr.id];
      if (!fn) return [];
      const inner = throughWrapper(evaluator, file, expr.id, context, depth);
      return inner.length > 0 ? inner : [{ file, spot: fn.spot, fn: expr.id }];
    }
    case 'object':
    case 'class': {
      for (const key of handlerKeys) {
        const found = evaluator
          .member(value, key)
          .flatMap((member) => fromValue(evaluator, member, context, depth + 1));
        if (found.length > 0) return found;
      }
      return [];
    }
    case 'call': {
      // A wrapper from outside (`withLogging(handler)`): the function among its arguments.
      for (const argument of [...expr.args].reverse()) {
        const found = next(argument.value);
        if (found.length > 0) return found;
      }
      return expr.callee.e === 'member' && expr.callee.key === 'bind' ? next(expr.callee.of) : [];
    }
    default:
      return [];
  }
}

/** `(args) => tool.run(args)` in a loop over tools: the handler is what it calls on the tool. */
function throughWrapper(
  evaluator: Evaluator,
  file: string,
  fn: number,
  context: Environment,
  depth: number,
): FunctionPlace[] {
  const facts = evaluator.sources.load(file);
  if (context.size === 0 || !facts) return [];
  for (const call of facts.functions[fn]?.calls ?? []) {
    const callee = forwardedTo(facts.language, call);
    if (!callee || !dependsOn(evaluator, file, callee, context)) continue;
    const found = findFunctions(
      evaluator,
      { file, env: context, expr: callee },
      context,
      depth + 2,
    );
    const other = found.filter((place) => place.file !== file || place.fn !== fn);
    if (other.length > 0) return other;
  }
  return [];
}

/** What a wrapper's call hands its request on to; null where it only asks something for itself. */
function forwardedTo(language: string, call: Extract<Expr, { e: 'call' }>): Expr | null {
  const { callee, args } = call;
  if (language !== 'go') return callee;
  // `getClient(ctx)` is no handler: that would be given more.
  const given = args.filter(
    ({ value }) => !(value.e === 'name' && /^_?(ctx|context)$/.test(value.name)),
  );
  if (given.length === 0) return null;
  // `reflect.ValueOf(handler).Call(args)`
  return callee.e === 'member' && callee.key === 'Call' ? callee.of : callee;
}

function dependsOn(
  evaluator: Evaluator,
  file: string,
  expr: Expr,
  context: Environment,
  depth = 0,
): boolean {
  if (depth > maxDepth) return false;
  const again = (part: Expr): boolean => dependsOn(evaluator, file, part, context, depth + 1);
  switch (expr.e) {
    case 'member':
    case 'at':
      return again(expr.of);
    case 'index':
      return again(expr.key) || again(expr.of);
    case 'each':
      return context.has(`${file}#e${expr.id}`);
    case 'call':
      return (
        expr.callee.e === 'member' &&
        expr.callee.key === 'ValueOf' &&
        expr.args.some((argument) => again(argument.value))
      );
    case 'param':
      return context.has(`${file}#p${expr.fn}.${expr.position}`);
    case 'name': {
      const facts = evaluator.sources.load(file);
      return (facts && bindingsOf(facts, expr.name, expr.scope))?.some(again) ?? false;
    }
    default:
      return false;
  }
}
