import * as vscode from 'vscode';
import type { Servers } from './servers.js';

/** Above the servers of an untrusted workspace stands why none of them can be started. */
export function noteTrust(
  view: Pick<vscode.TreeView<unknown>, 'message'>,
  servers: Pick<Servers, 'all' | 'onDidChange'>,
): vscode.Disposable {
  const update = () => {
    // Without servers the view's own welcome says it.
    const locked = !vscode.workspace.isTrusted && servers.all.length > 0;
    const text = locked ? 'Servers are started only in a trusted workspace.' : '';
    if ((view.message ?? '') !== text) view.message = text;
  };
  return vscode.Disposable.from(
    servers.onDidChange(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
