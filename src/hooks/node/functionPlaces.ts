/**
 * V8 knows where each function begins; the inspector is the only way to ask it. One short session
 * in this thread for many functions, since opening it is what costs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
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
  /** Characters of what runs. */
  readonly length: number;
}

const maxBytes = 5_000_000;
const maxTextLength = 300;
/** A property of the global object for as long as the question takes. */
const slot = '__spanpathFunctions';

/** A function to look for, and the files in which it most likely stands, likeliest first. */
export interface Sought {
  readonly fn: object | null;
  readonly likelyFiles: readonly string[];
}

/**
 * A place for each function, null where there is none (native, evaluated, no inspector). Naming a
 * script by its id makes V8 look at all there are, which takes long in a large program: a likely
 * file that has the function's whole text at its place is taken first.
 */
export function readFunctionPlaces(sought: readonly Sought[]): (ScriptPlace | null)[] {
  const global = globalThis as Record<string, unknown>;
  try {
    const { Session } = require('node:inspector') as typeof import('node:inspector');
    const session = new Session();
    session.connect();
    try {
      const functions = sought.map(({ fn }) => fn);
      Object.defineProperty(global, slot, { value: functions, configurable: true });
      const locations = functions.map((fn, at) => (fn ? locate(session, at) : null));
      const files = new Map<string, string[]>();
      const likely = sought.map((one, at) => findInFiles(one, locations[at] ?? null, files));
      const isOpen = (at: number): boolean => locations[at] !== null && !likely[at];
      if (!locations.some((_location, at) => isOpen(at))) return likely;
      const scripts = readScripts(session);
      return locations.map((location, at) => {
        if (!location || !isOpen(at)) return likely[at] ?? null;
        const script = scripts.get(location.scriptId);
        return script ? toPlace(script, location, functions[at] ?? null) : null;
      });
    } finally {
      delete global[slot];
      session.disconnect();
    }
  } catch {
    return sought.map(() => null);
  }
}

/** The file in which the function's own text stands where V8 says that it begins. */
function findInFiles(
  { fn, likelyFiles }: Sought,
  location: Location | null,
  files: Map<string, string[]>,
): ScriptPlace | null {
  if (typeof fn !== 'function' || !location) return null;
  // V8 begins a function at its parameters; its name and keywords stand before them.
  const source = Function.prototype.toString.call(fn);
  const text = source.slice(Math.max(source.indexOf('('), 0)).split('\n');
  if (source.endsWith('{ [native code] }')) return null;
  for (const file of likelyFiles) {
    const lines = files.get(file) ?? readFileLines(file);
    files.set(file, lines);
    const { lineNumber, columnNumber = 0 } = location;
    const isHere = text.every((part, at) => {
      const line = lines[lineNumber + at] ?? '';
      return at === 0 ? line.startsWith(part, columnNumber) : line.startsWith(part);
    });
    if (!isHere) continue;
    const line = lines[lineNumber] ?? '';
    return { file, line: lineNumber + 1, column: columnNumber + 1, text: shorten(line) };
  }
  return null;
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
    const { scriptId, url, sourceMapURL = '', length = 0 } = params;
    scripts.set(scriptId, { url, sourceMapURL, length });
  });
  ask(session, 'Debugger.enable', {});
  ask(session, 'Debugger.disable', {});
  return scripts;
}

function toPlace(script: Script, location: Location, fn: object | null): ScriptPlace | null {
  const file = toPath(script.url);
  if (file === null) return null;
  const generated = { line: location.lineNumber + 1, column: (location.columnNumber ?? 0) + 1 };
  const mapped = script.sourceMapURL.startsWith('data:')
    ? mapInline(script.sourceMapURL, generated)
    : null;
  if (mapped) {
    const source = resolveSource(file, mapped.source);
    if (source !== null) {
      const { line, column } = mapped;
      return { file: source, line, column, text: readLine(source, line) };
    }
  }
  const lines = readFileLines(file);
  const text = lines[location.lineNumber] ?? '';
  // What runs is not what the file holds: it was compiled on the way, and nobody says from where.
  if (lines.length > 0 && !(beginsAt(fn, text, generated.column - 1) ?? isAsLong(script, lines)))
    return null;
  return { file, ...generated, text: shorten(text) };
}

/**
 * A transpiler in the process (tsx, ts-node) runs the file under its own name; a bundler leaves its
 * map inside what it wrote elsewhere.
 */
function resolveSource(file: string, source: string): string | null {
  if (source === '') return file;
  try {
    const path = source.startsWith('file://')
      ? fileURLToPath(source)
      : resolve(dirname(file), source);
    if (existsSync(path)) return path;
    return basename(path) === basename(file) ? file : null;
  } catch {
    return null;
  }
}

/** A byte order mark does not run; where Node took types out it says which file it was. */
function isAsLong({ length, url }: Script, lines: readonly string[]): boolean {
  const held = lines.reduce((sum, line) => sum + line.length + 1, -1);
  const more = length - held;
  return more >= -1 && more <= '\n\n//# sourceURL='.length + url.length;
}

/** Characters of a function's beginning that tell it from another. */
const tellingLength = 40;

/** Node itself puts blanks in place of types. */
function isStripped(stripped: string, text: string): boolean {
  return [...stripped].every((letter, at) => letter === ' ' || letter === text[at]);
}

/** Null where its text is not to be had: it is bound, or a proxy. */
function beginsAt(fn: object | null, text: string, column: number): boolean | null {
  const source = typeof fn === 'function' ? Function.prototype.toString.call(fn) : '';
  if (source === '' || source.endsWith('{ [native code] }')) return null;
  const async = /^async\s+/.exec(source)?.[0].length ?? 0;
  return [0, async, source.indexOf('(')].some((from) => {
    const beginning = source.slice(Math.max(from, 0)).split(/\r?\n/)[0] ?? '';
    return isStripped(beginning.slice(0, tellingLength), text.slice(column));
  });
}

function toPath(url: string): string | null {
  if (url.startsWith('file://')) return fileURLToPath(url.replace(/[?#].*$/, ''));
  return /^(\/|[a-zA-Z]:[\\/])/.test(url) ? url : null;
}

function readLine(file: string, line: number): string {
  return shorten(readFileLines(file)[line - 1] ?? '');
}

function readFileLines(file: string): string[] {
  try {
    const source = readFileSync(file, 'utf8');
    return source.length > maxBytes ? [] : source.split('\n');
  } catch {
    return [];
  }
}

function shorten(line: string): string {
  return line.trim().slice(0, maxTextLength);
}
