import type { CollectorRequests, SessionSummary, TraceRequests } from '../core/protocol.js';
import { QueryError } from '../core/trace/queryParse.js';
import { Details } from './details.js';
import { Findings } from './findings.js';
import { Places } from './places.js';
import { QueryCache } from './queryCache.js';
import { createQuerySource } from './querySource.js';
import { Rows } from './rows.js';
import type { Session } from './session.js';
import { listStatistics } from './statistics.js';

export type Handlers<R> = {
  [M in keyof R]: R[M] extends { params: infer P; result: infer S }
    ? (params: P) => S | Promise<S>
    : never;
};

type QueryRequests = TraceRequests & Pick<CollectorRequests, 'call/places' | 'handler/places'>;

/** Answers every request that reads a session. */
export function createQueries(
  session: Session,
  fullText: Parameters<typeof createQuerySource>[1],
): Handlers<QueryRequests> {
  const places = new Places(session);
  const queries = new QueryCache(session, createQuerySource(session, fullText));
  const rows = new Rows(session, queries, places);
  const findings = new Findings(session, places);
  const details = new Details(session, rows, places);
  return {
    'session/summary': () => summarize(session),
    'rows/list': ({ spec, from, count }) => rows.list(spec, from, count),
    'rows/locate': ({ spec, span }) => ({ index: rows.locate(spec, span) }),
    'rows/next': ({ spec, from, backwards, matching }) =>
      rows.next(spec, from, backwards, matching),
    'overview/list': ({ spec, buckets }) => rows.overview(spec, buckets),
    'span/details': (ref) => details.get(ref),
    'statistics/list': ({ query, hidesProtocol = false }) => {
      try {
        return listStatistics(session, queries, query, hidesProtocol);
      } catch (error) {
        // The rows say what is wrong with the query; there is nothing to count.
        if (error instanceof QueryError) return [];
        throw error;
      }
    },
    'findings/list': () => findings.list(),
    'call/places': (ref) => places.ofCall(ref),
    'handler/places': ({ server, kind, name }) => places.ofHandler(server, kind, name),
  };
}

export function summarize(session: Session): SessionSummary {
  const { index, definitions } = session;
  const servers = new Set<string>();
  for (const { server } of definitions.servers()) if (server !== '') servers.add(server);
  return {
    revision: index.revision,
    spans: index.spans,
    calls: index.calls.calls,
    protocolCalls: index.calls.protocol,
    errors: index.calls.errors,
    running: index.calls.running,
    servers: [...servers].sort(),
    storeProblem: session.storeProblem,
  };
}
