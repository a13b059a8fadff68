import * as vscode from 'vscode';
import type { PortStatus } from '../../core/protocol.js';
import type { CollectorClient } from './collectorClient.js';
import { readOutlets, wantsOutlets } from './outlets.js';

/** Settings reach a running collector; a port that another program holds is said once. */
export function followOutlets(
  collector: CollectorClient,
  output: vscode.LogOutputChannel,
): vscode.Disposable {
  const told = new Set<string>();
  const tell = ({ protocol, port, problem }: PortStatus) => {
    const key = `${protocol}:${port}`;
    if (problem === null) told.delete(key);
    if (problem === null || told.has(key)) return;
    told.add(key);
    void vscode.window.showWarningMessage(`Port ${port}: ${problem}`);
  };
  return vscode.Disposable.from(
    collector.on('collector/status', ({ ports }) => ports.forEach(tell)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      const keys = ['receiver', 'forward'].map((key) => `spanpath.${key}`);
      if (!keys.some((key) => change.affectsConfiguration(key))) return;
      const { outlets, problems } = currentOutlets();
      for (const problem of problems) output.warn(problem);
      if (collector.state.kind === 'off' && !wantsOutlets(outlets)) return;
      const status = await collector.request('collector/configure', outlets);
      status.ports.forEach(tell);
    }),
  );
}

export function currentOutlets(): ReturnType<typeof readOutlets> {
  const settings = vscode.workspace.getConfiguration('spanpath');
  return readOutlets({ get: (key) => settings.get(key) });
}
