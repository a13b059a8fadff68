import * as vscode from 'vscode';

type Run = (...args: never[]) => unknown;

/**
 * Commands under `spanpath.`. What one throws is told in its own words; the editor would say that
 * the extension failed.
 */
export function registerCommands(commands: Readonly<Record<string, Run>>): vscode.Disposable[] {
  return Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(`spanpath.${id}`, async (...args: never[]) => {
      try {
        return await run(...args);
      } catch (error) {
        void tell(error);
        return undefined;
      }
    }),
  );
}

async function tell(error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const show = 'Show Log';
  if ((await vscode.window.showErrorMessage(`Spanpath: ${reason}`, show)) === show) {
    await vscode.commands.executeCommand('spanpath.showLog');
  }
}
