// `node scripts/run.mjs NAME ARG…`: installs what is missing, then runs scripts/NAME.mjs on the pinned Node.

import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { ensureInstalled, pinnedNode, root } from './ensure.mjs';

const [name, ...args] = process.argv.slice(2);
ensureInstalled();
const child = spawn(pinnedNode, [join(root, 'scripts', `${name}.mjs`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(pinnedNode), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
