/** How a server's command becomes one that runs through the shim. Pure, so that it can be tested. */

import { type ShimSettings, shimWords } from './shimSettings.js';

export interface ShimOptions {
  /** The Node that runs the shim: the editor's own. */
  readonly execPath: string;
  readonly electron: boolean;
  readonly shimPath: string;
  readonly serverName: string;
  /** Null when no collector answers: the shim then looks for one itself, or spools. */
  readonly collector: { readonly endpoint: string; readonly token: string } | null;
  readonly settings: ShimSettings;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** Where telemetry goes; the server's own configuration may say otherwise. */
  readonly telemetry: Readonly<Record<string, string>>;
  /** What the shim needs to run at all. */
  readonly runtime: Readonly<Record<string, string>>;
}

export function wrapCommand(
  options: ShimOptions,
  target: { readonly command: string; readonly args: readonly string[] },
): Command {
  return shimCommand(options, ['--', target.command, ...target.args]);
}

export function proxyCommand(options: ShimOptions, url: string): Command {
  return shimCommand(options, ['--http', url]);
}

function shimCommand(options: ShimOptions, target: readonly string[]): Command {
  return {
    command: options.execPath,
    args: [
      options.shimPath,
      '--name',
      options.serverName,
      ...shimWords(options.settings),
      ...target,
    ],
    // Arguments can be read by every process of the machine; the token stays out of them.
    telemetry: options.collector
      ? { SPANPATH_ENDPOINT: options.collector.endpoint, SPANPATH_TOKEN: options.collector.token }
      : {},
    // The shim clears both again for the server.
    runtime: options.electron ? { ELECTRON_RUN_AS_NODE: '1', SPANPATH_ELECTRON: '1' } : {},
  };
}

/**
 * The environment a server would have in a terminal: the editor's own variables, which would make
 * a child take itself for a part of the editor, are left out. `null` removes a variable.
 */
export function serverEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  ...layers: readonly Readonly<Record<string, string | null>>[]
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !/^(ELECTRON_|VSCODE_)/.test(name)) env[name] = value;
  }
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === null) delete env[name];
      else env[name] = value;
    }
  }
  return env;
}
