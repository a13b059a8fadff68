/** From the facts of many files to handlers: which name leads to which line. */
import type { HandlerKind, HandlerPlace } from '../protocol.js';
import { type Closure, type Environment, nowhere, type Value } from './closures.js';
import { findDispatched } from './dispatch.js';
import { Evaluator } from './evaluate.js';
import { isMcp } from './evidence.js';
import type { FileFacts, Registration, Spot } from './facts.js';
import { type FunctionPlace, findFunctions } from './functions.js';
import { areMixed } from './mixed.js';
import { Mounts } from './mounts.js';
import type { Sources } from './program.js';

/** Every handler that the files register, in order of path and line, each place once. */
export function linkHandlers(sources: Sources): HandlerPlace[] {
  const evaluator = new Evaluator(sources);
  const places = new Map<string, HandlerPlace>();
  const add = (place: HandlerPlace): void => {
    const key = `${place.kind} ${place.name} ${place.file}:${place.line}`;
    if (!places.has(key)) places.set(key, place);
  };
  const mounts = new Mounts(evaluator);
  for (const [file, facts] of sources.files()) {
    for (const registration of facts.registrations) {
      evaluator.startAnew();
      for (const place of linkRegistration(evaluator, file, facts, registration)) {
        add(place);
        for (const mounted of mounts.of(place, file, registration)) add(mounted);
      }
    }
    for (const handler of facts.lowLevel) {
      evaluator.startAnew();
      for (const found of findDispatched(evaluator, file, handler)) {
        add(
          makePlace(
            handler.kind,
            found.name,
            found.file,
            found.spot,
            facts,
            `${handler.how}, ${found.how}`,
          ),
        );
      }
    }
  }
  const stated = new Set<string>();
  for (const place of places.values()) {
    if (!place.isRegistration) stated.add(`${place.kind} ${place.name}`);
  }
  const isNews = (place: HandlerPlace): boolean =>
    !place.isRegistration || !stated.has(`${place.kind} ${place.name}`);
  return [...places.values()]
    .filter(isNews)
    .sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.name, b.name));
}

function linkRegistration(
  evaluator: Evaluator,
  file: string,
  facts: FileFacts,
  registration: Registration,
): HandlerPlace[] {
  const at = (expr: Registration['name'], env: Environment = nowhere): Closure => ({
    file,
    env,
    expr,
  });
  if (
    !registration.certain &&
    registration.receiver &&
    !isMcp(evaluator, at(registration.receiver))
  )
    return [];
  const named = evaluator.values(at(registration.name)).flatMap(textOf);
  const uris = registration.uri ? evaluator.values(at(registration.uri)).flatMap(uriOf) : [];
  const names = named.length > 0 ? named : uris;
  const registered: FunctionPlace = { file, spot: registration.spot, fn: -1 };
  const found = names.map(({ text, context }) => {
    const uri = registration.uri
      ? evaluator.values(at(registration.uri, context)).flatMap(uriOf)[0]?.text
      : undefined;
    const handlers = findFunctions(evaluator, at(registration.handler, context), context);
    return { text, uri, handlers };
  });
  const isMixed = areMixed(found);
  return found.flatMap(({ text, uri, handlers }) => {
    if (handlers.length === 0 && registration.handlerRequired) return [];
    return (handlers.length > 0 && !isMixed ? handlers : [registered]).map((place) => ({
      ...makePlace(registration.kind, text, place.file, place.spot, facts, registration.how),
      ...(uri && uri !== text ? { uri } : {}),
      ...(place.fn < 0 ? { isRegistration: true } : {}),
    }));
  });
}

function makePlace(
  kind: HandlerKind,
  name: string,
  file: string,
  spot: Spot,
  facts: FileFacts,
  how: string,
): HandlerPlace {
  return {
    kind,
    name,
    file,
    line: spot.line,
    column: spot.column,
    language: languageOf(file, facts),
    how,
  };
}

function languageOf(file: string, facts: FileFacts): string {
  return /\.[cm]?jsx?$/.test(file) ? 'javascript' : facts.language;
}

function textOf(value: Value): { text: string; context: Environment }[] {
  return value.expr.e === 'text' ? [{ text: value.expr.value, context: value.context }] : [];
}

/** A URI, or the first argument of what wraps one: `new ResourceTemplate('users://{id}', …)`. */
function uriOf(value: Value): { text: string; context: Environment }[] {
  if (value.expr.e === 'call') {
    const first = value.expr.args[0]?.value;
    return first?.e === 'text' ? [{ text: first.value, context: value.context }] : [];
  }
  return textOf(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
