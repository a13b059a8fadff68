/** Stack traces as pieces of text and places that can be opened. */

export interface StackPiece {
  readonly text: string;
  /** Set on a place: the file as the runtime wrote it, line and column from 1. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null;
}

export interface StackLine {
  readonly pieces: readonly StackPiece[];
  /** A frame of the runtime or of a package: folded by default. */
  readonly foreign: boolean;
  readonly frame: boolean;
}

/**
 * V8 `at f (file:1:2)`, also `file://`; Python `File "x.py", line 3, in f`; Go and Java `x.go:12`;
 * C# `in x.cs:line 12`.
 */
const python = /^(\s*File ")([^"]{1,1000})(", line )(\d{1,9})/;
/** A whole path, whatever it is called: blanks and brackets are no end of it. */
const v8 =
  /^(\s+at (?:async )?(?:[^/\\]* \()?)(((?:file:\/\/|\/|[A-Za-z]:[\\/])[^<>]{1,1000}):(\d{1,9}):(\d{1,9}))\)?$/;
const colonPlace =
  /((?:file:\/\/)?(?:[A-Za-z]:[\\/])?[^\s():"'<>]{1,1000}\.[A-Za-z]{1,5}):(?:line )?(\d{1,9})(?::(\d{1,9}))?/;
const foreignFrame =
  /node:|node_modules|site-packages|dist-packages|[\\/]lib[\\/]python3|<anonymous>|<frozen|[( ]internal\/|\bpkg\/mod\/|\/rustc\/|\.cargo\/|at (?:java|jdk|sun|kotlin|reactor|System|Microsoft)[.x/]/;
/** Java says the package in front of the class, and only the file's name in brackets. */
const javaPackage = /at (?:\S*\/)?((?:[a-z_]\w*\.)+)[A-Z]\S*\($/;

export function stackLines(stack: string, mostLines = 400): StackLine[] {
  return stack
    .split(/\r?\n/, mostLines)
    .map((line) => line.slice(0, 2000))
    .map(lineOf);
}

/** A place below the folder in which the server runs, without that folder. */
export function shortPlace(text: string, folder: string | null): string {
  const bare = text.replace(/^file:\/\//, '');
  const inside = folder !== null && folder.length > 1 && bare.startsWith(folder);
  return inside && /[\\/]/.test(bare[folder.length] ?? '') ? bare.slice(folder.length + 1) : text;
}

function lineOf(line: string): StackLine {
  const inPython = python.exec(line);
  if (inPython) {
    const [, before = '', file = '', between = '', number = ''] = inPython;
    return frameOf(line, before.length, `${file}${between}${number}`, file, number);
  }
  const inV8 = v8.exec(line);
  if (inV8) {
    const [, before = '', place = '', file = '', number = '', column] = inV8;
    return frameOf(line, before.length, place, file, number, column);
  }
  const frame = /^\s+(at |in )|^\s+\S+\.go:\d/.test(line);
  const found = frame ? colonPlace.exec(line) : null;
  if (!found || (foreignFrame.test(found[1] ?? '') && /node:|<anonymous>/.test(found[1] ?? ''))) {
    return {
      pieces: [{ text: line, place: null }],
      foreign: frame && foreignFrame.test(line),
      frame,
    };
  }
  const [whole, name = '', number = '', column] = found;
  const folder = /\//.test(name) ? '' : (javaPackage.exec(line.slice(0, found.index))?.[1] ?? '');
  return frameOf(line, found.index, whole, folder.replaceAll('.', '/') + name, number, column);
}

/** A frame in which a place is spelled `text`, which begins at `at`. */
function frameOf(
  line: string,
  at: number,
  text: string,
  file: string,
  number: string,
  column = '1',
): StackLine {
  return {
    pieces: [
      { text: line.slice(0, at), place: null },
      { text, place: { file, line: Number(number), column: Number(column) } },
      { text: line.slice(at + text.length), place: null },
    ],
    foreign: foreignFrame.test(line),
    frame: true,
  };
}
