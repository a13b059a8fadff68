import { type Closure, nowhere, type Value } from './closures.js';
import type { Evaluator } from './evaluate.js';
import type { Expr, FileFacts, LowLevelHandler, Spot } from './facts.js';
import { type FunctionPlace, findFunctions } from './functions.js';
import { areMixed, type NamedPlaces } from './mixed.js';
import { bindingsOf } from './program.js';

export interface DispatchedHandler {
  readonly name: string;
  readonly file: string;
  readonly spot: Spot;
  readonly how: string;
}

const definitionKeys = ['tool', 'metadata', 'definition', 'schema', 'spec', 'config'];
const maxHops = 3;
const maxExceptions = 2;
const maxFunctions = 200;
/** Comparisons on an argument of the tool choose something else than the tool. */
const notTheName = /(^|[._])(args?|arguments|input|options|kwargs)[._[]/i;

/** The names that one low-level handler answers, each with the place that answers it. */
export function findDispatched(
  evaluator: Evaluator,
  file: string,
  handler: LowLevelHandler,
): DispatchedHandler[] {
  const start = reach(evaluator, { file, env: nowhere, expr: handler.handler });
  const found: DispatchedHandler[] = [];
  const seen = new Set<string>();
  let reached: readonly FunctionPlace[] = start;
  for (let hop = 0; hop <= maxHops && reached.length > 0; hop++) {
    const next: FunctionPlace[] = [];
    for (const place of reached) {
      if (seen.size > maxFunctions) break;
      next.push(...readFunction(evaluator, place, handler, found, seen));
    }
    // The nearest function that chooses is the one that dispatches; few names are its exceptions.
    if (found.length > maxExceptions) break;
    reached = next;
  }
  const cases = narrowest(found.filter(({ how }) => how === 'case'));
  const tables = found.filter(({ how }) => how === 'table');
  return areMixed(placesByName(tables)) ? cases : [...cases, ...tables];
}

/** `if (name === 'a' || name === 'b') { if (name === 'a') … }`: the place of `a` alone is its own. */
function narrowest(found: readonly DispatchedHandler[]): DispatchedHandler[] {
  const key = ({ file, spot }: DispatchedHandler): string => `${file}:${spot.line}:${spot.column}`;
  const names = new Map<string, Set<string>>();
  for (const handler of found)
    names.set(key(handler), (names.get(key(handler)) ?? new Set()).add(handler.name));
  const isShared = (handler: DispatchedHandler): boolean =>
    (names.get(key(handler))?.size ?? 0) > 1;
  const own = new Set(found.filter((handler) => !isShared(handler)).map(({ name }) => name));
  return found.filter((handler) => !isShared(handler) || !own.has(handler.name));
}

/** The functions behind an expression, and those that wrappers on the way were given. */
function reach(evaluator: Evaluator, of: Closure, depth = 0): FunctionPlace[] {
  const { expr, file } = of;
  const parts = depth > maxHops ? [] : wrappersOf(evaluator.sources.load(file), expr);
  const given = parts.flatMap((part) => reach(evaluator, { ...of, expr: part }, depth + 1));
  return [...findFunctions(evaluator, of), ...given];
}

/** `logged(handle)`: what is in brackets, also where a name stands for all of it. */
function wrappersOf(facts: FileFacts | undefined, expr: Expr): readonly Expr[] {
  if (expr.e === 'call') return expr.args.map((argument) => argument.value);
  if (expr.e !== 'name' || !facts) return [];
  return (bindingsOf(facts, expr.name, expr.scope) ?? []).filter(({ e }) => e === 'call');
}

function placesByName(found: readonly DispatchedHandler[]): NamedPlaces[] {
  const places = new Map<string, DispatchedHandler[]>();
  for (const handler of found) {
    const known = places.get(handler.name);
    if (known) known.push(handler);
    else places.set(handler.name, [handler]);
  }
  return [...places].map(([text, handlers]) => ({ text, handlers }));
}

/** Adds what a function and those written in it choose; returns the functions they call. */
function readFunction(
  evaluator: Evaluator,
  place: FunctionPlace,
  handler: LowLevelHandler,
  found: DispatchedHandler[],
  seen: Set<string>,
): FunctionPlace[] {
  const key = `${place.file}#${place.fn}`;
  const facts = evaluator.sources.load(place.file);
  const fn = facts?.functions[place.fn];
  if (!fn || seen.has(key)) return [];
  seen.add(key);
  evaluator.startAnew();
  for (const dispatch of fn.dispatches) {
    const isUri = /uri/i.test(dispatch.subject);
    if (notTheName.test(dispatch.subject) || isUri !== (handler.kind === 'resource')) continue;
    for (const { value, spot } of dispatch.cases) {
      for (const name of evaluator.values({ file: place.file, env: nowhere, expr: value })) {
        if (name.expr.e !== 'text') continue;
        found.push({ name: name.expr.value, file: place.file, spot, how: 'case' });
      }
    }
  }
  for (const table of fn.tables) {
    found.push(...readTable(evaluator, { file: place.file, env: nowhere, expr: table }));
  }
  const called = fn.calls.flatMap((call) =>
    reach(evaluator, { file: place.file, env: nowhere, expr: call.callee }),
  );
  const inside = facts.functions.flatMap((other, id) =>
    other.parent === place.fn
      ? readFunction(evaluator, { ...place, fn: id }, handler, found, seen)
      : [],
  );
  return [...called, ...inside];
}

/** `handlers[name]` on an object of functions, or a search by name in a list of tools. */
function readTable(evaluator: Evaluator, table: Closure): DispatchedHandler[] {
  return evaluator.values(table).flatMap((value) => {
    if (value.expr.e === 'object') {
      return evaluator
        .entries(value)
        .flatMap((entry) => placesOf(evaluator, entry.key, entry.value));
    }
    if (value.expr.e !== 'list') return [];
    return evaluator.elements(value).flatMap((element) => {
      return namesOf(evaluator, element).flatMap((name) =>
        name.expr.e === 'text' ? placesOf(evaluator, name.expr.value, element) : [],
      );
    });
  });
}

/** The name of a tool in a list, which may stand in its definition. */
function namesOf(evaluator: Evaluator, element: Value): Value[] {
  const own = evaluator.member(element, 'name');
  if (own.length > 0) return own;
  return definitionKeys.flatMap((key) =>
    evaluator.member(element, key).flatMap((part) => evaluator.member(part, 'name')),
  );
}

function placesOf(evaluator: Evaluator, name: string, handler: Closure): DispatchedHandler[] {
  return findFunctions(evaluator, handler).map((place) => ({
    name,
    file: place.file,
    spot: place.spot,
    how: 'table',
  }));
}
