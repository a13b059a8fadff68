/** Loads Spanpath's hooks into the server, where they were built beside the shim. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target } from './discovery.js';

type Environment = Record<string, string | undefined>;

/**
 * Adds to `NODE_OPTIONS` and `PYTHONPATH`, never replaces. `SPANPATH_HOOK_ENDPOINT`, `_TOKEN` and
 * `_SERVER` tell a hook where its own OTLP goes; without a collector nothing is loaded.
 */
export function addHooks(
  env: Environment,
  directory: string,
  target: Target | null,
  serverName: string,
): void {
  if (!target) return;
  const node = join(directory, 'hooks', 'node', 'preload.mjs');
  const python = join(directory, 'hooks', 'python');
  const hasNode = existsSync(node);
  const hasPython = existsSync(python);
  if (!hasNode && !hasPython) return;
  if (hasNode) {
    const flag = `--import=${pathToFileURL(node).href}`;
    env.NODE_OPTIONS = env.NODE_OPTIONS ? `${env.NODE_OPTIONS} ${flag}` : flag;
  }
  if (hasPython) {
    env.PYTHONPATH = env.PYTHONPATH ? `${env.PYTHONPATH}${delimiter}${python}` : python;
  }
  env.SPANPATH_HOOK_ENDPOINT = target.endpoint;
  if (target.token !== null) env.SPANPATH_HOOK_TOKEN = target.token;
  env.SPANPATH_HOOK_SERVER = serverName;
}
