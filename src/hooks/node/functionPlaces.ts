/**
 * V8 knows where each function begins; the inspector is the only way to ask it. One short session
 * in this thread for many functions, since opening it is what costs.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mapInline } from './inlineMap.js';

/** Line and column count from 1. */
export interface ScriptPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The text of the line; '' when the file cannot be read. */
  readonly text: string;
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

interface Script {
  readonly url: string;
  readonly sourceMapURL: string;
}

const maxBytes = 5_000_000;
const maxTextLength = 300;
/** A property of the global object for as long as the question takes. */
const slot = '__spanpathFunctions';

/** A place for each function, null where there is none (native, evaluated, no inspector). */
export function readFunctionPlaces(functions: readonly (object | null)[]): (ScriptPlace | null)[] {
  const none = functions.map(() => null);
  const global = globalThis as Record<string, unknown>;
  try {
    const { Session } = require('node:inspector') as typeof import('node:inspector');
    const session = new Session();
    session.connect();
    try {
      Object.defineProperty(global, slot, { value: functions, configurable: true });
      const locations = functions.map((fn, at) => (fn ? locate(session, at) : null));
      if (locations.every((location) => location === null)) return none;
      const scripts = readScripts(session);
      return locations.map((location) => {
        const script = location && scripts.get(location.scriptId);
        return location && script ? toPlace(script, location) : null;
      });
    } finally {
      delete global[slot];
      session.disconnect();
    }
  } catch {
    return none;
  }
}

type Session = import('node:inspector').Session;

function ask<T>(session: Session, method: string, params: object): T | null {
  let answer: T | null = null;
  // Same-thread sessions answer before `post` returns.
  session.post(method, params, (error, result) => {
    if (!error) answer = result as T;
  });
  return answer;
}

interface Properties {
  readonly internalProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly value?: Location; readonly objectId?: string };
  }[];
}

function locate(session: Session, at: number): Location | null {
  const expression = `globalThis.${slot}[${at}]`;
  const evaluated = ask<{ result: { objectId?: string } }>(session, 'Runtime.evaluate', {
    expression,
  });
  let objectId = evaluated?.result.objectId;
  // A bound function has no place; what it was bound to has.
  for (let hop = 0; objectId !== undefined && hop < 4; hop++) {
    const found = ask<Properties>(session, 'Runtime.getProperties', {
      objectId,
      ownProperties: true,
    });
    const internal = (name: string) =>
      found?.internalProperties?.find((part) => part.name === name)?.value;
    const location = internal('[[FunctionLocation]]')?.value;
    if (location) return location;
    objectId = internal('[[TargetFunction]]')?.objectId;
  }
  return null;
}

function readScripts(session: Session): Map<string, Script> {
  const scripts = new Map<string, Script>();
  session.on('Debugger.scriptParsed', ({ params }) => {
    scripts.set(params.scriptId, { url: params.url, sourceMapURL: params.sourceMapURL ?? '' });
  });
  ask(session, 'Debugger.enable', {});
  ask(session, 'Debugger.disable', {});
  return scripts;
}

function toPlace(script: Script, location: Location): ScriptPlace | null {
  const file = toPath(script.url);
  if (file === null) return null;
  const generated = { line: location.lineNumber + 1, column: (location.columnNumber ?? 0) + 1 };
  // A transpiler in the process (tsx, ts-node) runs the file under its own name, with a map inside.
  const mapped = script.sourceMapURL.startsWith('data:')
    ? mapInline(script.sourceMapURL, generated)
    : null;
  const { line, column } = mapped ?? generated;
  return { file, line, column, text: readLine(file, line) };
}

function toPath(url: string): string | null {
  if (url.startsWith('file://')) return fileURLToPath(url.replace(/[?#].*$/, ''));
  return /^(\/|[a-zA-Z]:[\\/])/.test(url) ? url : null;
}

function readLine(file: string, line: number): string {
  try {
    const source = readFileSync(file, 'utf8');
    return source.length > maxBytes
      ? ''
      : (source.split('\n', line)[line - 1] ?? '').trim().slice(0, maxTextLength);
  } catch {
    return '';
  }
}
