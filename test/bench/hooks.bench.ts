/** What the Node hook costs a server: time added to each call and to its start. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hookEnvironment, plainEnvironment } from '../interop/support/hooks.js';
import type { Figure } from './figure.js';
import { measure, startSink } from './hooks/measure.js';

/**
 * The engine has compiled what every call runs through, and what the hook sends of a turn's calls,
 * 10 ms later, falls into the same turn.
 */
const pace = { servers: 6, warmUp: 5000, rounds: 16, turn: 500 };
const here = join(import.meta.dirname, 'hooks');

export default async function run(): Promise<Figure[]> {
  const sink = await startSink();
  const plain = plainEnvironment();
  const contextOnly = pathToFileURL(join(here, 'contextOnly.mjs')).href;
  const environments = {
    plain,
    hooked: hookEnvironment(sink.endpoint),
    context: { ...plain, NODE_OPTIONS: `--import "${contextOnly}"` },
  };
  const server = { command: process.execPath, args: [join(here, 'echoServer.mjs')], cwd: here };
  try {
    return await measure('node', server, environments, pace);
  } finally {
    sink.stop();
  }
}
