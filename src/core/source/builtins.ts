import type { Closure, Value } from './closures.js';
import type { Evaluator } from './evaluate.js';
import { type Expr, text } from './facts.js';

type Call = Extract<Expr, { e: 'call' }>;

const sameList = new Set([
  'filter',
  'slice',
  'sort',
  'reverse',
  'toSorted',
  'flat',
  'copy',
  'iter',
  'into_iter',
  'to_vec',
  'values',
]);
const identities = new Set([
  'Object.freeze',
  'Object.seal',
  'Array.from',
  'Object.assign',
  'list',
  'tuple',
  'dict',
  'sorted',
  'reversed',
  'structuredClone',
  // Go: a conversion of a constant that has a type of its own, and a function called by reflection.
  'string',
  'reflect.ValueOf',
]);

/** Calls of the languages' own functions that tables of tools go through; null for any other. */
export function callBuiltin(
  evaluator: Evaluator,
  call: Call,
  of: Closure,
  depth: number,
): Value[] | null {
  const { callee } = call;
  const first = call.args[0]?.value;
  const written = writtenName(callee);
  if (first && identities.has(written)) return evaluator.values({ ...of, expr: first }, depth);
  if (first && (written === 'Map' || written === 'OrderedDict'))
    return recordOfPairs(evaluator, { ...of, expr: first }, depth);
  if (first && (written === 'Object.entries' || written === 'Object.values')) {
    return records(evaluator, { ...of, expr: first }, written === 'Object.entries', depth);
  }
  if (callee.e !== 'member') return null;
  if (callee.key === 'bind' || callee.key === 'partial')
    return evaluator.values({ ...of, expr: callee.of }, depth);
  if (callee.key === 'items' || callee.key === 'entries') {
    return records(evaluator, { ...of, expr: callee.of }, true, depth);
  }
  if (callee.key === 'concat' && first)
    return joined([callee.of, ...call.args.map((part) => part.value)], of);
  if (callee.key === 'map' && first) return mapped(evaluator, callee.of, first, of, depth);
  if (!sameList.has(callee.key)) return null;
  const values = evaluator.values({ ...of, expr: callee.of }, depth);
  return values.some((value) => value.expr.e === 'list' || value.expr.e === 'object')
    ? values
    : null;
}

function writtenName(callee: Expr): string {
  if (callee.e === 'name') return callee.name;
  return callee.e === 'member' && callee.of.e === 'name' ? `${callee.of.name}.${callee.key}` : '';
}

/** `Object.entries(x)`: a list of `[key, value]`; without keys a list of values. */
function records(evaluator: Evaluator, of: Closure, withKeys: boolean, depth: number): Value[] {
  return evaluator.values(of, depth).flatMap((owner) => {
    const elements: Expr[] = [];
    if (owner.expr.e === 'import' && owner.expr.name === '*') {
      const { from } = owner.expr;
      for (const name of evaluator.exportedNames(from, owner.file)) {
        const value: Expr = { e: 'import', from, name };
        elements.push(withKeys ? { e: 'list', elements: [text(name), value] } : value);
      }
      return [{ ...owner, expr: { e: 'list', elements } as Expr }];
    }
    if (owner.expr.e !== 'object') return [];
    for (const { key, value } of owner.expr.entries) {
      if (key === null) continue;
      elements.push(withKeys ? { e: 'list', elements: [key, value] } : value);
    }
    return [{ ...owner, expr: { e: 'list', elements } as Expr }];
  });
}

function recordOfPairs(evaluator: Evaluator, of: Closure, depth: number): Value[] {
  return evaluator.values(of, depth).flatMap((list) => {
    if (list.expr.e !== 'list') return [];
    const entries = list.expr.elements.flatMap((pair) => {
      const [key, value] = pair.e === 'list' ? pair.elements : [];
      return key && value ? [{ key, value }] : [];
    });
    return entries.length > 0 ? [{ ...list, expr: { e: 'object', entries } as Expr }] : [];
  });
}

function joined(parts: readonly Expr[], of: Closure): Value[] {
  const elements = parts.map((part): Expr => ({ e: 'spread', of: part }));
  return [{ ...of, expr: { e: 'list', elements }, context: of.env }];
}

/** `list.map(fn)`: each element passed to the function, the results as alternatives of a list. */
function mapped(
  evaluator: Evaluator,
  list: Expr,
  fn: Expr,
  of: Closure,
  depth: number,
): Value[] | null {
  const elements = evaluator.elements({ ...of, expr: list }, depth);
  if (elements.length === 0) return null;
  const results = elements.flatMap((element) =>
    evaluator.values({ ...of, expr: fn }, depth).flatMap((target) => {
      if (target.expr.e !== 'fn') return [];
      const env = new Map(target.env).set(`${target.file}#p${target.expr.id}.0`, element);
      const returns = evaluator.sources.load(target.file)?.functions[target.expr.id]?.returns ?? [];
      return returns.flatMap((part) =>
        evaluator.values({ file: target.file, env, expr: part }, depth),
      );
    }),
  );
  return results.length > 0 ? results.map((value) => ({ ...value, expr: asList(value) })) : null;
}

function asList(value: Value): Expr {
  return { e: 'list', elements: [value.expr] };
}
