import { selfKey } from './classes.js';
import { type Closure, type Environment, merge, nowhere, type Value } from './closures.js';
import type { Evaluator } from './evaluate.js';
import { lastName } from './expressions.js';
import { type Expr, type FileFacts, type FunctionFacts, memberOf, type Spot } from './facts.js';
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
  'function',
  'implementation',
  'run_tool',
  'runTool',
  'handleRequest',
  'process',
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
      for (const wrapped of evaluator.wrapped(value)) {
        const found = fromValue(evaluator, wrapped, context, depth + 1);
        if (found.length > 0) return found;
      }
      const inner = throughWrapper(evaluator, value, expr.id, context, depth);
      return inner.length > 0 ? inner : [{ file, spot: fn.spot, fn: expr.id }];
    }
    case 'import':
      // A module that is a tool: `import * as tool`, with `export const handler`.
      return expr.name === '*' ? fromMembers(evaluator, value, context, depth) : [];
    case 'object':
    case 'class':
      return fromMembers(evaluator, value, context, depth);
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

function fromMembers(
  evaluator: Evaluator,
  value: Value,
  context: Environment,
  depth: number,
): FunctionPlace[] {
  for (const key of handlerKeys) {
    const found = evaluator
      .member(value, key)
      .flatMap((member) => fromValue(evaluator, member, context, depth + 1));
    if (found.length > 0) return found;
  }
  return [];
}

/** `(args) => tool.run(args)` in a loop over tools: the handler is what it calls on the tool. */
function throughWrapper(
  evaluator: Evaluator,
  { file, env }: Closure,
  fn: number,
  chosen: Environment,
  depth: number,
): FunctionPlace[] {
  const facts = evaluator.sources.load(file);
  if (!facts) return [];
  if (chosen.size === 0) return throughBase(evaluator, facts, file, fn, env, depth);
  // A method knows what its object was made with.
  const context = merge(env, chosen);
  for (const call of facts.functions[fn]?.calls ?? []) {
    const callee = forwardedTo(facts.language, call);
    if (!callee || !dependsOn(evaluator, file, callee, context)) continue;
    if (isOfSelf(facts, callee) && !handlerKeys.includes(lastName(callee))) continue;
    const found = findFunctions(
      evaluator,
      { file, env: context, expr: callee },
      context,
      depth + 2,
    );
    const other = found.filter((place) => place.file !== file || place.fn !== fn);
    if (other.length > 0) return other;
  }
  return throughBase(evaluator, facts, file, fn, context, depth);
}

/**
 * `(args) => this.execute(args)` in a class that others extend: the handler is what the derived
 * class has for it. What the base has itself (`this.log`) is no tool's own.
 */
function throughBase(
  evaluator: Evaluator,
  facts: FileFacts,
  file: string,
  fn: number,
  context: Environment,
  depth: number,
): FunctionPlace[] {
  const owner = classOf(facts, fn);
  if (owner < 0 || !context.has(selfKey(file, owner))) return [];
  const answers = new Map<string, FunctionPlace[]>();
  for (const { callee } of facts.functions.flatMap((other, id) =>
    id === fn || isInside(facts, other, fn) ? other.calls : [],
  )) {
    if (callee.e !== 'member' || selfOf(facts, callee.of) === undefined || answers.has(callee.key))
      continue;
    const found = findFunctions(
      evaluator,
      { file, env: context, expr: callee },
      context,
      depth + 2,
    );
    const own = found.filter((place) => place.file !== file || classOf(facts, place.fn) !== owner);
    if (own.length > 0) answers.set(callee.key, own);
  }
  const known = handlerKeys.find((key) => answers.has(key));
  if (known !== undefined) return answers.get(known) ?? [];
  return answers.size === 1 ? ([...answers.values()][0] ?? []) : [];
}

function isInside(facts: FileFacts, fn: FunctionFacts, outer: number): boolean {
  for (let at = fn.parent; at > 0; at = facts.functions[at]?.parent ?? 0)
    if (at === outer) return true;
  return false;
}

/** `this.tool.execute`: what an object was made with may be anything, so the last name must tell. */
function isOfSelf(facts: FileFacts, expr: Expr): boolean {
  return expr.e === 'member' ? isOfSelf(facts, expr.of) : selfOf(facts, expr) !== undefined;
}

/** The class that `this` or `self` is of. */
function selfOf(facts: FileFacts, expr: Expr): number | undefined {
  const bound = expr.e === 'name' ? bindingsOf(facts, expr.name, expr.scope)?.[0] : undefined;
  return bound?.e === 'self' ? bound.id : undefined;
}

/** The class in one of whose members a function is written; -1 for none. */
function classOf(facts: FileFacts, fn: number): number {
  for (let at = facts.functions[fn]?.scope ?? -1; at >= 0; at = facts.scopes[at]?.parent ?? -1) {
    const { this: own = [], self = [] } = facts.scopes[at]?.bindings ?? {};
    const [bound] = [...own, ...self];
    if (bound?.e === 'self') return bound.id;
  }
  return -1;
}

const functional: Record<string, ReadonlySet<string>> = {
  java: new Set(['apply', 'accept', 'call', 'get']),
  csharp: new Set(['Invoke', 'DynamicInvoke']),
};

/** What a wrapper's call hands its request on to; null where it only asks something for itself. */
function forwardedTo(language: string, call: Extract<Expr, { e: 'call' }>): Expr | null {
  const { callee, args } = call;
  // Java and C# call a function that they hold by a method of it.
  if (callee.e === 'member' && functional[language]?.has(callee.key)) return callee.of;
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
    case 'member': {
      const facts = evaluator.sources.load(file);
      const self = facts && selfOf(facts, expr.of);
      return (memberOf(facts?.classes[self ?? -1], expr.key) ?? []).some(again) || again(expr.of);
    }
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
