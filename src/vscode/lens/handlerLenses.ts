import * as vscode from 'vscode';
import type { CallStatistics, HandlerPlace } from '../../core/protocol.js';
import type { CollectorClient } from '../collector/collectorClient.js';
import type { HandlerService } from '../handlers/handlerService.js';
import { lensText } from './lensText.js';

/** Lenses are drawn again at most this often while calls arrive. */
const refreshMs = 1_000;

/** Above each handler: how often it was called, how long it took, how often it failed. */
export class HandlerLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | null = null;
  private statistics: { revision: number; rows: Promise<readonly CallStatistics[]> } | null = null;
  private revision = 0;

  constructor(
    private readonly collector: CollectorClient,
    private readonly handlers: HandlerService,
  ) {
    this.subscriptions = [
      collector.on('session/changed', ({ revision }) => {
        this.revision = revision;
        this.refreshSoon();
      }),
      handlers.onDidChange(() => this.refreshSoon()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('spanpath.codeLens')) this.changed.fire();
      }),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const settings = vscode.workspace.getConfiguration('spanpath', document.uri);
    if (!settings.get('codeLens.enabled', true)) return [];
    // Without a collector there are no calls to tell of, and none is started for a lens.
    if (this.collector.state.kind !== 'on') return [];
    const statistics = await this.read();
    if (statistics.length === 0) return [];
    const places = await this.handlers.handlersFor(document);
    return places.flatMap((place) => this.lensesOf(place, statistics, document));
  }

  private lensesOf(
    place: HandlerPlace,
    statistics: readonly CallStatistics[],
    document: vscode.TextDocument,
  ): vscode.CodeLens[] {
    const line = Math.min(place.line, document.lineCount) - 1;
    const range = document.lineAt(Math.max(0, line)).range;
    const named = statistics.filter(({ name }) => name === place.name);
    return named.flatMap((row) => {
      const server = named.length > 1 ? `${row.server}: ` : '';
      const argument = { server: row.server, name: row.name };
      return [
        new vscode.CodeLens(range, {
          command: 'spanpath.showCalls',
          title: server + lensText(row),
          tooltip: 'Show these calls in the trace view',
          arguments: [argument],
        }),
        new vscode.CodeLens(range, {
          command: 'spanpath.replayLast',
          title: 'Replay last',
          tooltip: 'Send the last call again',
          arguments: [argument],
        }),
      ];
    });
  }

  private read(): Promise<readonly CallStatistics[]> {
    if (this.statistics?.revision !== this.revision) {
      const rows = this.collector.request('statistics/list', { query: '' }).catch(() => []);
      this.statistics = { revision: this.revision, rows };
    }
    return this.statistics.rows;
  }

  private refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.changed.fire();
    }, refreshMs);
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}
