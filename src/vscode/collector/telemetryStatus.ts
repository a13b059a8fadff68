import * as vscode from 'vscode';
import type { SessionSummary } from '../../core/protocol.js';
import type { Server } from '../servers/server.js';
import type { Servers } from '../servers/servers.js';
import type { CollectorClient } from './collectorClient.js';

/** A running server whose shim has not been heard of for this long sends its spans elsewhere. */
const patienceMs = 6_000;

/**
 * The status bar's one word on telemetry: how many calls there are while all is well, and what is
 * wrong when spans do not arrive. The same trouble is shown as a banner in the trace view.
 */
export class TelemetryStatus implements vscode.Disposable {
  private readonly row = vscode.window.createStatusBarItem(
    'spanpath.status',
    vscode.StatusBarAlignment.Right,
    90,
  );
  private readonly heard = new Set<string>();
  private readonly waiting = new Map<Server, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];
  private silent: string | null = null;
  private storeProblem: string | null = null;
  private summary: SessionSummary | null = null;

  constructor(
    private readonly collector: CollectorClient,
    servers: Servers,
    private readonly tellView: (problem: string | null) => void,
  ) {
    this.row.name = 'Spanpath';
    this.subscriptions = [
      this.row,
      collector.onDidChangeState(() => this.update()),
      collector.on('session/changed', (summary) => {
        this.summary = summary;
        this.storeProblem = summary.storeProblem;
        this.update();
      }),
      collector.on('collector/problem', ({ message }) => {
        this.storeProblem = message;
        this.update();
      }),
      collector.on('server/connected', ({ name }) => this.hear(name)),
      servers.onDidChange((server) => server && this.watch(server)),
    ];
  }

  private watch(server: Server): void {
    const { kind } = server.state;
    clearTimeout(this.waiting.get(server));
    this.waiting.delete(server);
    if (kind === 'starting') this.heard.delete(server.tracedName);
    if (kind === 'running') {
      const timer = setTimeout(() => {
        this.waiting.delete(server);
        if (this.heard.has(server.tracedName) || server.state.kind !== 'running') return;
        this.silent = server.tracedName;
        this.update();
      }, patienceMs);
      this.waiting.set(server, timer);
    } else if (this.silent === server.tracedName) {
      this.silent = null;
      this.update();
    }
  }

  private hear(name: string): void {
    this.heard.add(name);
    if (this.silent === name) {
      this.silent = null;
      this.update();
    }
  }

  private get problem(): string | null {
    const { state } = this.collector;
    if (state.kind === 'failed') return `The collector is not running: ${state.reason}`;
    if (this.silent !== null) {
      return `Telemetry of “${this.silent}” is not arriving. Its calls go on; restart it to trace them.`;
    }
    return this.storeProblem;
  }

  private update(): void {
    const { problem, row, summary } = this;
    this.tellView(problem);
    if (problem !== null) {
      row.text = '$(warning) Telemetry not arriving';
      row.tooltip = `Spanpath: ${problem}`;
      row.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
      row.command = 'spanpath.showLog';
      row.show();
      return;
    }
    row.backgroundColor = undefined;
    row.command = 'spanpath.openTrace';
    // As many as the view shows: `initialize` and its like are nobody's calls.
    const calls = summary ? summary.calls - summary.protocolCalls : 0;
    if (!summary || calls === 0) {
      row.hide();
      return;
    }
    const running = summary.running > 0 ? ` $(loading~spin) ${summary.running}` : '';
    const errors = summary.errors > 0 ? ` $(error) ${summary.errors}` : '';
    row.text = `$(list-tree) ${calls}${running}${errors}`;
    row.tooltip = [
      `${calls} traced ${calls === 1 ? 'call' : 'calls'}, ${summary.errors} with errors, ${summary.running} running.`,
      'Select to open the trace view.',
    ].join('\n');
    row.show();
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
