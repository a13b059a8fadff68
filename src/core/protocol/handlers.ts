/** Handlers found in source; host and indexer (a worker thread). */

export type HandlerKind = 'tool' | 'prompt' | 'resource';
/** How sure we are, best first; the values of `spanpath.handler.source`. */
export type HandlerSource = 'measured' | 'indexed' | 'guessed';

/** One registration found in a source tree. Line and column count from 1. */
export interface HandlerPlace {
  readonly kind: HandlerKind;
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly language: string;
  /** The pattern that matched, e.g. `registerTool`, `@mcp.tool`. */
  readonly how: string;
  /** Of a resource: its URI or URI template, where that is not the name. */
  readonly uri?: string;
  /** The registration is certain, the function behind it could not be followed. */
  readonly isRegistration?: boolean;
}

/** Given to the indexer worker as `workerData`. */
export interface IndexerOptions {
  /** Folder of the `tree-sitter*.wasm` files. */
  readonly grammarDir: string;
  /** Where facts about unchanged files are kept between sessions, or null. */
  readonly cacheDir: string | null;
}

export type IndexerRequests = {
  'index/open': { params: { folders: readonly string[] }; result: null };
  /** Paths that were created, changed or deleted. */
  'index/update': { params: { files: readonly string[] }; result: null };
  'index/find': { params: { kind: HandlerKind; name: string }; result: readonly HandlerPlace[] };
  'index/list': { params: null; result: readonly HandlerPlace[] };
};

export type IndexerEvents = {
  'index/progress': { done: number; total: number; handlers: number };
};
