import * as vscode from 'vscode';
import type { SpanRef } from '../../core/trace/model.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import { callQuery, findCall } from '../trace/findCall.js';
import type { TracePanel } from '../trace/tracePanel.js';
import { registerCommands } from './registerCommands.js';

/** The calls of one tool of one server, as a lens names them. */
interface LensTarget {
  readonly server: string;
  readonly name: string;
}

export interface TraceCommandParts {
  readonly panel: TracePanel;
  readonly collector: CollectorClient;
  readonly replay: (span: SpanRef) => Promise<void>;
  readonly output: vscode.LogOutputChannel;
}

export function registerTraceCommands(parts: TraceCommandParts): vscode.Disposable[] {
  const { collector, panel } = parts;
  const commands: Record<string, (target: LensTarget) => unknown> = {
    openTrace: () => panel.open(),
    showFindings: () => panel.open({ show: { pane: 'findings' } }),
    showStatistics: () => panel.open({ show: { pane: 'statistics' } }),
    showCalls: ({ server, name }) => panel.open({ show: { query: callQuery(server, name) } }),
    replayLast: async ({ server, name }) => {
      const span = await findCall(collector, { server, name, since: 0 });
      await (span ? parts.replay(span) : panel.open({ show: { query: callQuery(server, name) } }));
    },
    showLog: () => parts.output.show(),
    clear: () => clearTraces(collector),
    openWalkthrough: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'spanpath.spanpath#start'),
  };
  return registerCommands(commands);
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
