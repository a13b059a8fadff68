import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { startCollector } from '../collector.js';
import { readOptions, readPort } from './usage.js';

const help = `Usage: spanpath collect [options]

Runs the collector until Ctrl-C. The first line on stdout is JSON:
  {"otlp": …, "grpc": …, "token": …, "ui": …, "db": …}

  --port N       port for OTLP/HTTP on 127.0.0.1 (default 0: any free one)
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
  const token = values['no-token'] ? null : (values.token ?? randomBytes(24).toString('base64url'));
  const db = values.db === undefined ? null : resolve(values.db);
  const collector = await startCollector({
    dbPath: db,
    token,
    discoveryDir: join(process.env.SPANPATH_HOME ?? join(homedir(), '.spanpath'), 'collectors'),
    workspace: process.cwd(),
    webviewDirectory: join(__dirname, 'webview'),
    ...(port === undefined ? {} : { port }),
  });
  const { endpoint } = collector;
  const ui = `${endpoint}/ui/${token === null ? '' : `?token=${token}`}`;
  process.stdout.write(`${JSON.stringify({ otlp: endpoint, grpc: null, token, ui, db })}\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => done());
    }
  });
  await collector.stop();
  return 0;
}
