import type { EnvironmentVariableCollection } from 'vscode';

/**
 * The editor's terminals know where the shim is: a script that starts a server itself, as an agent
 * does, puts `node "$SPANPATH_SHIM" --name NAME --` before the command.
 */
export function tellTerminals(variables: EnvironmentVariableCollection, shimPath: string): void {
  variables.description = 'Where the shim is that traces a server: `node "$SPANPATH_SHIM" -- …`';
  variables.replace('SPANPATH_SHIM', shimPath);
}
