import * as vscode from 'vscode';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { TracePanel } from '../trace/tracePanel.js';

export interface TraceCommandParts {
  readonly panel: TracePanel;
  readonly collector: CollectorClient;
  readonly output: vscode.LogOutputChannel;
}

export function registerTraceCommands(parts: TraceCommandParts): vscode.Disposable[] {
  const commands: Record<string, () => unknown> = {
    openTrace: () => parts.panel.open(),
    showLog: () => parts.output.show(),
    clear: () => clearTraces(parts.collector),
    openWalkthrough: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'spanpath.spanpath#start'),
  };
  return Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(`spanpath.${id}`, run),
  );
}

export async function clearTraces(collector: CollectorClient): Promise<void> {
  const clear = 'Clear';
  const answer = await vscode.window.showWarningMessage(
    'Clear all recorded traces of this workspace?',
    { modal: true, detail: 'This cannot be undone. Export them first to keep them.' },
    clear,
  );
  if (answer === clear) await collector.request('session/clear', null);
}
