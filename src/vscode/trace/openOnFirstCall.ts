import * as vscode from 'vscode';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { TracePanel } from './tracePanel.js';

/**
 * The first traced call of the session, as a rule `initialize`, opens the view, once: a view that was closed by hand stays
 * closed. The keyboard stays where it is.
 */
export function openOnFirstCall(collector: CollectorClient, panel: TracePanel): vscode.Disposable {
  let done = false;
  return collector.on('call/started', () => {
    if (done) return;
    done = true;
    const wanted = vscode.workspace.getConfiguration('spanpath').get('openOnFirstCall', true);
    if (wanted && !panel.isOpen) panel.open({ preserveFocus: true });
  });
}
