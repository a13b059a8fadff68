import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ServerConfig } from '../../core/mcp/config.js';
import type { Server } from './server.js';

const stateKey = 'spanpath.approved';

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

/**
 * Remembers which command of a server the user has started. The first start by hand approves
 * what is configured; a start after a change shows the whole new command and asks.
 */
export class Approvals {
  constructor(private readonly state: vscode.Memento) {}

  isApproved(server: Server): boolean {
    return this.known()[server.id] === fingerprint(server.config);
  }

  /** True when the server may be started now. */
  async ask(server: Server): Promise<boolean> {
    const print = fingerprint(server.config);
    const known = this.known()[server.id];
    if (known === print) return true;
    if (known !== undefined) {
      const start = 'Start';
      const answer = await vscode.window.showWarningMessage(
        `The configuration of “${server.name}” changed since you last started it.`,
        { modal: true, detail: describeServer(server.config) },
        start,
      );
      if (answer !== start) return false;
    }
    await this.state.update(stateKey, { ...this.known(), [server.id]: print });
    return true;
  }

  private known(): Record<string, string> {
    return this.state.get<Record<string, string>>(stateKey, {});
  }
}
