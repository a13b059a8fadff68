import { MatchCache } from '../core/trace/matchCache.js';
import { compileQuery, type QuerySource } from '../core/trace/queryCompile.js';
import { parseQuery, type QueryNode } from '../core/trace/queryParse.js';
import type { Session } from './session.js';

const maxQueries = 8;
/** Longest query that is read; a search field never needs more. */
const maxLength = 10_000;

interface CompiledQuery {
  /** Null when the query leaves everything. */
  readonly cache: MatchCache | null;
}

/** Queries that were asked lately, with what is known of their answers. */
export class QueryCache {
  private readonly queries = new Map<string, CompiledQuery>();

  constructor(
    private readonly session: Session,
    private readonly source: QuerySource,
  ) {}

  /** @throws QueryError */
  get(query: string): CompiledQuery {
    const known = this.queries.get(query);
    if (known) {
      this.queries.delete(query);
      this.queries.set(query, known);
      return known;
    }
    const node = parseQuery(query.slice(0, maxLength));
    const compiled: CompiledQuery = { cache: node.kind === 'all' ? null : this.compile(node) };
    this.queries.set(query, compiled);
    for (const [old, unused] of this.queries) {
      if (this.queries.size <= maxQueries) break;
      this.queries.delete(old);
      unused.cache?.dispose();
    }
    return compiled;
  }

  /** What a query leaves out at its top level is left out with everything below it. */
  private compile(node: QueryNode): MatchCache {
    const parts = node.kind === 'and' ? node.nodes : [node];
    const left: QueryNode[] = [];
    const refused: QueryNode[] = [];
    for (const part of parts) {
      if (part.kind === 'not') refused.push(part.node);
      else left.push(part);
    }
    return new MatchCache(
      this.session.index,
      compileQuery({ kind: 'and', nodes: left }, this.source),
      refused.length === 0 ? null : compileQuery({ kind: 'or', nodes: refused }, this.source),
    );
  }
}
