import { createHash } from 'node:crypto';
import type { ServerConfig } from '../../core/mcp/config.js';

/** What would be run, in full, one thing a line. */
export function describeServer(config: ServerConfig): string {
  if (config.transport !== 'stdio') {
    const headers = Object.keys(config.headers).map((name) => `header: ${name}`);
    return [`url: ${config.url}`, ...headers].join('\n');
  }
  return [
    `command: ${[config.command, ...config.args].map(quote).join(' ')}`,
    ...(config.cwd === null ? [] : [`cwd: ${config.cwd}`]),
    ...Object.entries(config.env).map(([name, value]) => `env: ${name}=${value ?? '(removed)'}`),
    ...(config.envFile === null ? [] : [`envFile: ${config.envFile}`]),
  ].join('\n');
}

function quote(word: string): string {
  return /^[\w@%+=:,./\\${}-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Of the command, arguments, environment, working directory and URL; never of the name alone. */
export function fingerprint(config: ServerConfig): string {
  const parts =
    config.transport === 'stdio'
      ? [
          config.command,
          config.args,
          Object.entries(config.env).sort(byName),
          config.cwd,
          config.envFile,
        ]
      : [config.url, Object.entries(config.headers).sort(byName)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
