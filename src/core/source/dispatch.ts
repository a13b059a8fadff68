import { type Closure, nowhere } from './closures.js';
import type { Evaluator } from './evaluate.js';
import type { LowLevelHandler, Spot } from './facts.js';
import { type FunctionPlace, findFunctions } from './functions.js';

export interface DispatchedHandler {
  readonly name: string;
  readonly file: string;
  readonly spot: Spot;
  readonly how: string;
}

const maxHops = 3;
const maxFunctions = 200;
/** Comparisons on an argument of the tool choose something else than the tool. */
const notTheName = /(^|[._])(args?|arguments|input|options|kwargs)[._[]/i;

/** The names that one low-level handler answers, each with the place that answers it. */
export function findDispatched(
  evaluator: Evaluator,
  file: string,
  handler: LowLevelHandler,
): DispatchedHandler[] {
  const start = findFunctions(evaluator, { file, env: nowhere, expr: handler.handler });
  const found: DispatchedHandler[] = [];
  const seen = new Set<string>();
  let reached: readonly FunctionPlace[] = start;
  for (let hop = 0; hop <= maxHops && reached.length > 0; hop++) {
    const next: FunctionPlace[] = [];
    for (const place of reached) {
      if (seen.size > maxFunctions) break;
      next.push(...readFunction(evaluator, place, handler, found, seen));
    }
    // The nearest function that chooses is the one that dispatches.
    if (found.length > 0) break;
    reached = next;
  }
  return found;
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
    findFunctions(evaluator, { file: place.file, env: nowhere, expr: call.callee }),
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
      const names = evaluator.member(element, 'name');
      return names.flatMap((name) =>
        name.expr.e === 'text' ? placesOf(evaluator, name.expr.value, element) : [],
      );
    });
  });
}

function placesOf(evaluator: Evaluator, name: string, handler: Closure): DispatchedHandler[] {
  return findFunctions(evaluator, handler).map((place) => ({
    name,
    file: place.file,
    spot: place.spot,
    how: 'table',
  }));
}
