import * as vscode from 'vscode';
import type { SpanRef } from '../../core/trace/model.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { HostHandlers } from '../trace/tracePanel.js';
import { clearTraces } from './traceCommands.js';

/** The buttons of the trace view that are commands of the editor. */
export function createRunFromView(parts: {
  readonly collector: CollectorClient;
  readonly replay: (span: SpanRef) => Promise<void>;
}): HostHandlers['command/run'] {
  return async ({ command, span }) => {
    switch (command) {
      case 'startServer':
        await vscode.commands.executeCommand('spanpath.startServer');
        return null;
      case 'showServers':
        await vscode.commands.executeCommand('spanpath.servers.focus');
        return null;
      case 'clear':
        await clearTraces(parts.collector);
        return null;
      case 'export':
      case 'import':
        await vscode.commands.executeCommand(`spanpath.${command}`, span ?? undefined);
        return null;
      case 'replay':
        if (!span) throw new Error('Select a call to replay it.');
        await parts.replay(span);
        return null;
    }
  };
}
