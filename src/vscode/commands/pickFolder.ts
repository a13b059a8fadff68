import * as vscode from 'vscode';

/**
 * The folder that a command is about: the only one, or the one picked. Without any, says what is
 * missing and offers the way there.
 */
export async function pickFolder(placeHolder: string): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder });
  if (folders.length === 0) await askForFolder();
  return folders[0];
}

export async function askForFolder(): Promise<void> {
  const open = 'Open Folder';
  const text = 'Open a folder first: Spanpath reads its MCP servers and keeps its traces.';
  if ((await vscode.window.showInformationMessage(text, open)) === open) {
    await vscode.commands.executeCommand('vscode.openFolder');
  }
}
