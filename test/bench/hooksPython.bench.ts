/** What the Python hook costs a server: time added to each call and to its start. */
import { join } from 'node:path';
import { hookDirectory } from '../interop/python/drive.js';
import { hasPython, prepareEnvironment } from '../interop/python/environments.js';
import type { Figure } from './figure.js';
import { measure, startSink } from './hooks/measure.js';

const here = join(import.meta.dirname, 'hooks');

const pace = { servers: 4, warmUp: 300, rounds: 8, turn: 150 };
/** `mcp` 1.x, whose spans are all the hook's, and 2.x, whose own spans the hook lights up. */
const servers = [
  { name: 'python', requirements: 'mcp-1' },
  { name: 'python.mcp2', requirements: 'mcp-2' },
];

export default async function run(): Promise<Figure[]> {
  if (!hasPython()) return [];
  const sink = await startSink();
  // Compiled modules are kept, as on a developer's machine.
  const plain = { ...process.env, PYTHONDONTWRITEBYTECODE: '' };
  const hooked = {
    ...plain,
    PYTHONPATH: hookDirectory,
    SPANPATH_HOOK_PYTHONPATH: '',
    SPANPATH_HOOK_ENDPOINT: sink.endpoint,
    SPANPATH_HOOK_SERVER: 'echo',
  };
  const figures: Figure[] = [];
  try {
    for (const { name, requirements } of servers) {
      const { python } = prepareEnvironment(requirements, [11, 12, 13]);
      const server = { command: python, args: [join(here, 'echo_server.py')], cwd: here };
      figures.push(...(await measure(name, server, { plain, hooked }, pace)));
    }
  } finally {
    sink.stop();
  }
  return figures;
}
