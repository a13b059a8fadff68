import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startCollector } from '../collector.js';
import { importFile } from '../exchange/importFile.js';
import { limitYoungObjects } from '../heapLimits.js';
import { openInBrowser } from './openInBrowser.js';
import { readOptions, UsageError } from './usage.js';

const help = `Usage: spanpath run [--db FILE] [--name N] [--open] -- COMMAND [ARG…]

Runs an MCP server on stdio, traced: what it reads and writes passes through unchanged. The
address of the view goes to stderr. Ends with the server, with its exit code.

  --db FILE   keep traces in FILE (default: in memory)
  --name N    name of the server in the view
  --open      open the view in a browser
`;

export async function runTraced(args: readonly string[]): Promise<number> {
  const split = args.indexOf('--');
  const own = split === -1 ? args : args.slice(0, split);
  const command = split === -1 ? [] : args.slice(split + 1);
  const { values } = readOptions({
    args: [...own],
    options: {
      db: { type: 'string' },
      name: { type: 'string' },
      open: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (command.length === 0) throw new UsageError('a COMMAND is wanted behind --');
  const token = randomBytes(24).toString('base64url');
  limitYoungObjects();
  const collector = await startCollector({
    dbPath: values.db === undefined ? null : resolve(values.db),
    token,
    discoveryDir: null,
    workspace: process.cwd(),
    webviewDirectory: join(__dirname, 'webview'),
  });
  const view = `${collector.endpoint}/ui/?token=${token}`;
  process.stderr.write(`spanpath: the view is at ${view}\n`);
  if (values.open) openInBrowser(view);
  // A shim that has to end before all was delivered leaves the rest here.
  const spool = mkdtempSync(join(tmpdir(), 'spanpath-run-'));
  try {
    const environment = {
      SPANPATH_ENDPOINT: collector.endpoint,
      SPANPATH_TOKEN: token,
      SPANPATH_SPOOL: spool,
    };
    const code = await runShim(environment, values.name, command);
    for (const path of readdirSync(spool, { withFileTypes: true })) {
      if (path.isFile()) await importFile(collector.ingest, join(spool, path.name));
    }
    return code;
  } finally {
    await collector.stop();
    rmSync(spool, { recursive: true, force: true });
  }
}

function runShim(
  environment: Readonly<Record<string, string>>,
  name: string | undefined,
  command: readonly string[],
): Promise<number> {
  const child = spawn(
    process.execPath,
    [join(__dirname, 'shim.js'), ...(name === undefined ? [] : ['--name', name]), '--', ...command],
    {
      stdio: 'inherit',
      // By environment, where no list of processes shows the token.
      env: { ...process.env, ...environment },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) =>
      done(code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0))),
    );
  });
}
