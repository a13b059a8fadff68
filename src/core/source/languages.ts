import type { FileFacts } from './facts.js';
import { readCsharp } from './languages/csharp.js';
import { readGo } from './languages/go.js';
import { readJava } from './languages/java.js';
import { readKotlin } from './languages/kotlin.js';
import { readPython } from './languages/python.js';
import { readRust } from './languages/rust.js';
import { readTypeScript } from './languages/typescript.js';
import type { Grammar, SyntaxNode } from './syntax.js';

export type Language =
  | {
      readonly name: string;
      readonly grammar: Grammar;
      readonly read: (root: SyntaxNode) => FileFacts;
    }
  /** No parser is at hand: read from the text itself. */
  | { readonly name: string; readonly grammar: null; readonly read: (source: string) => FileFacts };

const typescript = { name: 'typescript', read: readTypeScript } as const;
const byEnding: Record<string, Language> = {
  ts: { ...typescript, grammar: 'typescript' },
  mts: { ...typescript, grammar: 'typescript' },
  cts: { ...typescript, grammar: 'typescript' },
  tsx: { ...typescript, grammar: 'tsx' },
  js: { ...typescript, grammar: 'javascript' },
  mjs: { ...typescript, grammar: 'javascript' },
  cjs: { ...typescript, grammar: 'javascript' },
  jsx: { ...typescript, grammar: 'javascript' },
  py: { name: 'python', grammar: 'python', read: readPython },
  go: { name: 'go', grammar: 'go', read: readGo },
  rs: { name: 'rust', grammar: 'rust', read: readRust },
  cs: { name: 'csharp', grammar: 'c-sharp', read: readCsharp },
  java: { name: 'java', grammar: 'java', read: readJava },
  kt: { name: 'kotlin', grammar: null, read: readKotlin },
  kts: { name: 'kotlin', grammar: null, read: readKotlin },
};

/** What compilers leave out of a program: its tests' servers and tools are not the server's. */
const isTestOnly = /_test\.go$|\/src\/test\/(?:java|kotlin)\//;

/** How a file is read, by its ending; undefined when it is no source we know. */
export function languageOfFile(file: string): Language | undefined {
  if (/\.d\.[cm]?ts$/.test(file) || isTestOnly.test(file)) return undefined;
  const ending = file.slice(file.lastIndexOf('.') + 1);
  return Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
}

/**
 * Whether a text can say anything about handlers: only such files are parsed without being asked
 * for by an import. Cheap, and wide on purpose.
 */
export function mayConcernHandlers(text: string): boolean {
  return /tool|prompt|resource|mcp/i.test(text);
}
