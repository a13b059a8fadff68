import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import treeSitter, { type Parser as ParserType } from '@vscode/tree-sitter-wasm';
import type { FileFacts } from '../core/source/facts.js';
import { languageOfFile } from '../core/source/languages.js';
import type { Grammar } from '../core/source/syntax.js';

/** A file past this is generated or bundled; its handlers are indexed at their source. */
export const maxFileBytes = 1_000_000;

/** The package is CommonJS behind a wrapper that hides its names from ES module imports. */
const { Language, Parser } = treeSitter;

let runtime: Promise<void> | undefined;

/** Parsers by grammar, each loaded with the first file that wants it. */
export class Parsers {
  private readonly ready = new Map<Grammar, ParserType>();

  /** `grammarDir` holds `tree-sitter.wasm` and one wasm file a grammar. */
  constructor(private readonly grammarDir: string) {}

  /** Must have been awaited for every grammar that `read` will meet. Rejects when a file is missing. */
  async load(grammars: Iterable<Grammar>): Promise<void> {
    runtime ??= Parser.init({ locateFile: (file) => join(this.grammarDir, file) });
    await runtime;
    for (const grammar of new Set(grammars)) {
      if (this.ready.has(grammar)) continue;
      const bytes = await readFile(join(this.grammarDir, `tree-sitter-${grammar}.wasm`));
      const parser = new Parser();
      parser.setLanguage(await Language.load(bytes));
      this.ready.set(grammar, parser);
    }
  }

  /** Facts of one text, or undefined when its language is unknown or its grammar not loaded. */
  read(file: string, source: string): FileFacts | undefined {
    const language = languageOfFile(file);
    if (!language) return undefined;
    if (language.grammar === null) return language.read(source);
    const tree = this.ready.get(language.grammar)?.parse(source);
    if (!tree) return undefined;
    try {
      return language.read(tree.rootNode);
    } finally {
      tree.delete();
    }
  }
}
