import { resolve } from 'node:path';
import type { CollectorRequests, ReportedPlace } from '../../core/protocol.js';
import { toFilePath } from '../../core/source/paths.js';
import type { Server } from './server.js';
import type { HandlerFiles } from './watchSources.js';

interface Reader {
  request(
    method: 'handler/places',
    params: CollectorRequests['handler/places']['params'],
  ): Promise<readonly ReportedPlace[]>;
}

/** Tools that are asked for: files hold many, and an edit must not cost much. */
const mostTools = 30;

/** The files in which a running server's hook found its tools; read once a start. */
export function readHandlerFiles(collector: Reader): HandlerFiles {
  const known = new WeakMap<Server, { launchedAtMs: number | null; files: Promise<Set<string>> }>();
  const read = async (server: Server): Promise<Set<string>> => {
    if (server.state.kind !== 'running') return new Set();
    const { tools } = server.state.offer;
    const places = await Promise.all(
      tools
        .slice(0, mostTools)
        .map(({ name }) =>
          collector
            .request('handler/places', { server: server.tracedName, kind: 'tool', name })
            .catch(() => []),
        ),
    );
    return new Set(places.flatMap(([newest]) => (newest ? pathsOf(newest) : [])));
  };
  return (server) => {
    const { launchedAtMs } = server;
    const before = known.get(server);
    if (before?.launchedAtMs === launchedAtMs) return before.files;
    const files = read(server);
    known.set(server, { launchedAtMs, files });
    return files;
  };
}

/** None for what names no file of this machine. */
function pathsOf({ file, cwd }: ReportedPlace): string[] {
  const path = toFilePath(file);
  return path === null ? [] : [resolve(cwd ?? '/', path)];
}
