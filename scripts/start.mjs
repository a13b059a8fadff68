// `npm start`: builds the extension, installs it into a VS Code and opens samples/ there: the
// desktop `code` where there is one, else (or with --browser) one from the registry.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpNode, setUpPython } from '../samples/setup.mjs';
import { ensureCodeServer, runCodeServer, startCodeServer } from './codeServer.mjs';
import { root } from './ensure.mjs';
import { packageExtension } from './package.mjs';

const { values: flags } = parseArgs({ options: { browser: { type: 'boolean' } } });
const samples = join(root, 'samples');
const windows = process.platform === 'win32';

// From the first line on, so that Ctrl-C during an installation is answered too. A terminal
// sends it to every process of ours, and those hand it on: only the first one counts.
let stop = async () => process.exit(130);
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    stop();
  });
}

const vsix = packageExtension();
for (const { ok, reason } of [setUpNode(), setUpPython()]) {
  if (!ok) console.log(`Without some of the samples: ${reason}`);
}
const desktop = !flags.browser && runDesktop('--version') === 0;
if (desktop) openDesktop();
else await openBrowser();

function runDesktop(...args) {
  // `code` is a .cmd file on Windows, which only a shell starts; the paths are ours.
  const quoted = windows ? args.map((word) => `"${word}"`) : args;
  return spawnSync('code', quoted, { stdio: 'ignore', shell: windows }).status;
}

function openDesktop() {
  if (runDesktop('--install-extension', vsix, '--force') !== 0) {
    console.error(`spanpath: "code" could not install ${vsix}; try npm start -- --browser`);
    process.exit(1);
  }
  runDesktop('--new-window', samples);
  console.log('Spanpath is open in VS Code');
  process.exit(0);
}

async function openBrowser() {
  const entry = await ensureCodeServer();
  const base = join(root, 'out/start');
  const folders = { userData: join(base, 'user'), extensions: join(base, 'extensions') };
  console.log('Installing the extension …');
  runCodeServer(entry, folders, ['--install-extension', vsix, '--force']);
  const server = await startCodeServer({
    entry,
    folders,
    folder: samples,
    logFile: join(base, 'code-server.log'),
  });
  stop = async () => {
    await server.stop();
    process.exit(0);
  };
  console.log('Ctrl-C stops it.');
  console.log(`Spanpath is open at ${server.url}`);
}
