import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ForwardTarget } from '../../core/protocol.js';
import { type Collector, startCollector } from '../collector.js';
import { parseHeaderList, parseTarget, TargetError } from '../forward/target.js';
import { limitYoungObjects } from '../heapLimits.js';
import { readOptions, readPort, UsageError } from './usage.js';

const help = `Usage: spanpath collect [options]

Runs the collector until Ctrl-C. The first line on stdout is JSON:
  {"otlp": …, "grpc": …, "token": …, "ui": …, "db": …}

  --port N       port for OTLP/HTTP on 127.0.0.1 (default 0: any free one)
  --grpc-port N  OTLP/gRPC too, on this port (0: any free one)
  --forward URL  send a copy of everything to this OTLP/HTTP endpoint; may be given again
  --forward-header NAME=VALUE
                 sent to every --forward; also SPANPATH_FORWARD_HEADERS=NAME=VALUE,...
  --forward-json forward as JSON instead of protobuf
  --db FILE      keep traces in FILE (default: in memory)
  --token T      the token that senders must show (default: a new one)
  --no-token     no token; for the fixed, well-known port
  --help
`;

export async function collect(args: readonly string[]): Promise<number> {
  const { values } = readOptions({
    args: [...args],
    options: {
      port: { type: 'string' },
      'grpc-port': { type: 'string' },
      forward: { type: 'string', multiple: true },
      'forward-header': { type: 'string', multiple: true },
      'forward-json': { type: 'boolean' },
      db: { type: 'string' },
      token: { type: 'string' },
      'no-token': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const port = readPort(values.port, '--port');
  const grpcPort = readPort(values['grpc-port'], '--grpc-port');
  const forward = readTargets(
    values.forward ?? [],
    values['forward-header'] ?? [],
    values['forward-json'] ? 'json' : 'protobuf',
  );
  const token = values['no-token'] ? null : (values.token ?? randomBytes(24).toString('base64url'));
  const db = values.db === undefined ? null : resolve(values.db);
  limitYoungObjects();
  const collector = await startCollector({
    dbPath: db,
    token,
    discoveryDir: join(process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath'), 'collectors'),
    workspace: process.cwd(),
    webviewDirectory: join(__dirname, 'webview'),
    outlets: { httpPort: null, grpcPort: null, forward },
    ...(port === undefined ? {} : { port }),
  });
  const { endpoint, outlets } = collector;
  if (port && !endpoint.endsWith(`:${port}`)) {
    complain(`port ${port} is taken by another program; listening on ${endpoint} instead`);
  }
  if (grpcPort !== undefined) {
    await outlets.openGrpc(grpcPort).catch(async (error: Error) => {
      if (grpcPort === 0 || !/EADDRINUSE/.test(error.message)) throw error;
      const other = await outlets.openGrpc(0);
      complain(`port ${grpcPort} is taken by another program; gRPC is on port ${other} instead`);
    });
  }
  followForwarding(collector);
  const grpc = outlets.status.grpcEndpoint;
  const ui = `${endpoint}/ui/${token === null ? '' : `?token=${token}`}`;
  process.stdout.write(`${JSON.stringify({ otlp: endpoint, grpc, token, ui, db })}\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => done());
    }
  });
  await collector.stop();
  return 0;
}

function readTargets(
  urls: readonly string[],
  headers: readonly string[],
  encoding: string,
): ForwardTarget[] {
  const all = [...parseHeaderList(process.env.SPANPATH_FORWARD_HEADERS), ...headers];
  try {
    return urls.map((url) => parseTarget(url, { headers: all, encoding }));
  } catch (error) {
    if (error instanceof TargetError) throw new UsageError(error.message);
    throw error;
  }
}

/** Says on stderr when a target stops taking what it is sent, and when it takes it again. */
function followForwarding({ events }: Collector): void {
  const said = new Map<string, string | null>();
  events.on('collector/status', ({ forward }) => {
    for (const { url, problem } of forward) {
      if ((said.get(url) ?? null) === problem) continue;
      said.set(url, problem);
      complain(problem === null ? `${url} takes spans again` : `forwarding to ${url}: ${problem}`);
    }
  });
}

function complain(message: string): void {
  process.stderr.write(`spanpath: ${message}\n`);
}
