import * as vscode from 'vscode';
import type { ServerNode } from '../servers/serverTree.js';
import { ensureRunning } from './pickers.js';

/**
 * Enter in the Servers view. A click must not start a process, so the row of a stopped server has
 * no command of its own; Enter does what it does in every tree, and starts such a server besides.
 */
export function registerOpenRow(view: vscode.TreeView<ServerNode>): vscode.Disposable {
  return vscode.commands.registerCommand('spanpath.openRow', async () => {
    // The keyboard moves the focus; this makes the focused row the selected one, and opens it.
    await vscode.commands.executeCommand('list.select');
    const [node] = view.selection;
    if (node?.kind === 'server' && node.server.state.kind === 'stopped') {
      await ensureRunning(node.server);
    }
  });
}
