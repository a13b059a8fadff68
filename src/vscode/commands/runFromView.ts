import * as vscode from 'vscode';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { HostHandlers } from '../trace/tracePanel.js';
import { clearTraces } from './traceCommands.js';

/** The buttons of the trace view that are commands of the editor. */
export function createRunFromView(parts: {
  readonly collector: CollectorClient;
}): HostHandlers['command/run'] {
  return async ({ command }) => {
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
      case 'replay':
        throw new Error('This call cannot be replayed');
    }
  };
}
