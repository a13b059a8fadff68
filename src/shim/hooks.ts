/** Loads Spanpath's hooks into the server, where they were built beside the shim. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ContentLevel } from '../core/mcp/content.js';
import type { Target } from './discovery.js';

type Environment = Record<string, string | undefined>;

/**
 * Adds to `NODE_OPTIONS` and `PYTHONPATH`, never replaces. `SPANPATH_HOOK_ENDPOINT`, `_TOKEN` and
 * `_SERVER` tell a hook where its own OTLP goes; without a collector nothing is loaded.
 * `_NODE_OPTIONS` and `_PYTHONPATH` keep what was there, for the hook to put back for whatever
 * the server starts. `_CONTENT` and `_REDACT` say what a hook may keep, as the shim's own options do.
 */
export function addHooks(
  env: Environment,
  directory: string,
  target: Target | null,
  serverName: string,
  keep: { readonly content: ContentLevel; readonly redact: string },
): void {
  if (!target) return;
  const node = join(directory, 'hooks', 'node', 'preload.cjs');
  const python = join(directory, 'hooks', 'python');
  const hasNode = existsSync(node);
  const hasPython = existsSync(python);
  if (!hasNode && !hasPython) return;
  if (hasNode) {
    env.SPANPATH_HOOK_NODE_OPTIONS = env.NODE_OPTIONS ?? '';
    // Not `--import`: a Node before 18.18 refuses to start with an option that it does not know.
    const flag = `--require ${quoteOption(node)}`;
    env.NODE_OPTIONS = env.NODE_OPTIONS ? `${env.NODE_OPTIONS} ${flag}` : flag;
  }
  if (hasPython) {
    env.SPANPATH_HOOK_PYTHONPATH = env.PYTHONPATH ?? '';
    // First, since Python takes the first `sitecustomize` there is; ours loads the next one.
    env.PYTHONPATH = env.PYTHONPATH ? `${python}${delimiter}${env.PYTHONPATH}` : python;
  }
  env.SPANPATH_HOOK_ENDPOINT = target.endpoint;
  if (target.token !== null) env.SPANPATH_HOOK_TOKEN = target.token;
  env.SPANPATH_HOOK_SERVER = serverName;
  env.SPANPATH_HOOK_CONTENT = keep.content;
  if (keep.redact !== '') env.SPANPATH_HOOK_REDACT = keep.redact;
}

/** `NODE_OPTIONS` splits at spaces outside of quotes; a backslash escapes inside of them. */
function quoteOption(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
