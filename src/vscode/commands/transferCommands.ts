import * as vscode from 'vscode';
import type { CollectorRequests, ExportFormat } from '../../core/protocol.js';
import type { SpanRef } from '../../core/trace/model.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { TracePanel } from '../trace/tracePanel.js';
import { registerCommands } from './registerCommands.js';

interface Format {
  readonly format: ExportFormat;
  readonly label: string;
  readonly detail: string;
  readonly extension: string;
}

const formats: readonly Format[] = [
  {
    format: 'html',
    label: 'Web page',
    detail: 'One file that shows the traces in any browser, without a server',
    extension: 'html',
  },
  {
    format: 'otlp-json',
    label: 'OTLP JSON',
    detail: 'What OpenTelemetry tools exchange; can be imported again',
    extension: 'json',
  },
  {
    format: 'jsonl',
    label: 'OTLP JSON lines',
    detail: 'One request a line, as the OpenTelemetry Collector writes files',
    extension: 'jsonl',
  },
  {
    format: 'chrome',
    label: 'Trace events',
    detail: 'For Perfetto and chrome://tracing',
    extension: 'trace.json',
  },
];

export interface TransferParts {
  readonly collector: CollectorClient;
  readonly panel: TracePanel;
}

export function registerTransferCommands(parts: TransferParts): vscode.Disposable[] {
  return registerCommands({
    export: (span?: SpanRef) =>
      exportTraces(parts, span && typeof span.traceId === 'string' ? span : null),
    import: (uri?: vscode.Uri) =>
      importTraces(parts, uri instanceof vscode.Uri ? [uri] : undefined),
  });
}

async function exportTraces({ collector }: TransferParts, span: SpanRef | null): Promise<void> {
  const { spans } = await collector.request('session/summary', null);
  if (spans === 0) {
    void vscode.window.showInformationMessage('There are no traces to export yet.');
    return;
  }
  const what = span ? await pickExtent(span) : { traceId: null };
  if (!what) return;
  const chosen = await vscode.window.showQuickPick(formats, { title: 'Export traces as' });
  if (!chosen) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `traces-${new Date().toISOString().slice(0, 10)}.${chosen.extension}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export traces',
    filters: { [chosen.label]: [chosen.extension] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  const written = await transfer(collector, 'Exporting traces', (id) =>
    collector.request('session/export', {
      ...{ id, path: target.fsPath, format: chosen.format, query: '' },
      ...what,
    }),
  );
  if (!written) return;
  const [label, open] = nextStep(chosen.format, target) ?? [];
  const answer = await vscode.window.showInformationMessage(
    `${written.spans} spans were written to ${target.fsPath}.`,
    ...(label ? [label] : []),
  );
  if (answer !== undefined) await open?.();
}

/** What can be done with a file that was written; null where the editor can do nothing with it. */
function nextStep(
  format: ExportFormat,
  target: vscode.Uri,
): [string, () => Thenable<unknown>] | null {
  const run = (command: string) => () => vscode.commands.executeCommand(command, target);
  if (format !== 'html') return ['Open', run('vscode.open')];
  // The browser is on the user's machine and cannot see a file of another one.
  if (vscode.env.remoteName === undefined) {
    return ['Open in Browser', () => vscode.env.openExternal(target)];
  }
  const isListed = vscode.workspace.getWorkspaceFolder(target) !== undefined;
  return isListed ? ['Show in Explorer', run('revealInExplorer')] : null;
}

async function pickExtent(span: SpanRef): Promise<{ traceId: string | null } | undefined> {
  const rows = [
    { label: 'The selected trace', traceId: span.traceId },
    { label: 'Everything', traceId: null },
  ];
  return vscode.window.showQuickPick(rows, { title: 'What to export' });
}

async function importTraces(
  { collector, panel }: TransferParts,
  given?: readonly vscode.Uri[],
): Promise<void> {
  const files =
    given ??
    (await vscode.window.showOpenDialog({
      title: 'Import traces',
      openLabel: 'Import',
      canSelectMany: true,
      filters: {
        'OTLP, Jaeger or an exported page': ['json', 'jsonl', 'ndjson', 'pb', 'bin', 'gz', 'html'],
        'All files': ['*'],
      },
    }));
  for (const file of files ?? []) {
    const result = await transfer(
      collector,
      `Importing ${vscode.workspace.asRelativePath(file)}`,
      (id) => collector.request('session/import', { id, path: file.fsPath }),
    );
    if (result) report(file, result, panel);
  }
}

function report(
  file: vscode.Uri,
  result: CollectorRequests['session/import']['result'],
  panel: TracePanel,
): void {
  const name = vscode.workspace.asRelativePath(file);
  const { spans, rejected, problems, firstSpan } = result;
  if (firstSpan) panel.open({ span: firstSpan });
  if (rejected > 0) {
    const first = problems[0] ?? '';
    void vscode.window.showWarningMessage(
      `${name}: ${spans} spans imported, ${rejected} records could not be read. ${first}`,
    );
  } else {
    void vscode.window.showInformationMessage(`${name}: ${spans} spans imported.`);
  }
}

let lastTransfer = 0;

/** Runs with progress and a cancel button; undefined when it failed, which was said. */
async function transfer<T>(
  collector: CollectorClient,
  title: string,
  run: (id: string) => Promise<T>,
): Promise<T | undefined> {
  const id = `transfer-${++lastTransfer}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let shown = 0;
      const listening = collector.on('transfer/progress', (event) => {
        if (event.id !== id || event.part === null) return;
        progress.report({ increment: event.part * 100 - shown });
        shown = event.part * 100;
      });
      const cancelling = token.onCancellationRequested(() => {
        void collector.request('transfer/cancel', { id });
      });
      try {
        return await run(id);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!token.isCancellationRequested) {
          void vscode.window.showErrorMessage(`${title}: ${reason}`);
        }
        return undefined;
      } finally {
        listening.dispose();
        cancelling.dispose();
      }
    },
  );
}
