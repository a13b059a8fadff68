import type { FileFacts } from './facts.js';
import { readPython } from './languages/python.js';
import { readTypeScript } from './languages/typescript.js';
import type { Grammar, SyntaxNode } from './syntax.js';

interface Language {
  readonly name: string;
  readonly grammar: Grammar;
  readonly read: (root: SyntaxNode) => FileFacts;
}

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
};

/** How a file is read, by its ending; undefined when it is no source we know. */
export function languageOfFile(file: string): Language | undefined {
  if (/\.d\.[cm]?ts$/.test(file)) return undefined;
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
